package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The machines that there are.
 */
@Component
public class Assets {

	private final JdbcClient jdbc;

	public Assets(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	List<String> ids() {
		return this.jdbc.sql("select id from asset order by id").query((row, number) -> row.getString("id")).list();
	}

	/**
	 * Find the machine that a text is about.
	 * @param text any text
	 * @return the first machine whose id the text names, if there is one
	 */
	Optional<Asset> namedIn(String text) {
		return this.jdbc
			.sql("select id, name, risk, refusals from asset where position(lower(id) in lower(:text)) > 0 order by id")
			.param("text", text)
			.query(DataClassRowMapper.newInstance(Asset.class))
			.list()
			.stream()
			.findFirst();
	}

}
