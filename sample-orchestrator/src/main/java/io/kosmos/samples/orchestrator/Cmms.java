package io.kosmos.samples.orchestrator;

import java.util.Objects;

import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.TracedTool;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;
import org.springframework.stereotype.Component;

/**
 * The maintenance management system, as a tool for agents.
 */
@Component
public class Cmms {

	private final JdbcClient jdbc;

	public Cmms(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Open a work order.
	 * @param arguments what the model wants to have in it
	 * @param callId id that the model gave to the call
	 * @return the work order
	 * @throws org.springframework.dao.DataIntegrityViolationException if there is no such
	 * asset or priority
	 */
	@TracedTool("cmms.create_workorder")
	public WorkOrder createWorkOrder(Arguments arguments, @SpanAttribute("kosmos.tool.call_id") String callId) {
		KeyHolder key = new GeneratedKeyHolder();
		this.jdbc.sql("insert into work_order (asset, description, priority) values (:asset, :description, :priority)")
			.paramSource(arguments)
			.update(key, "id");
		long id = Objects.requireNonNull(key.getKeyAs(Long.class));
		return new WorkOrder(id, arguments.asset(), arguments.description(), arguments.priority());
	}

	/**
	 * What a model says about a work order.
	 *
	 * @param asset id of the asset to work on
	 * @param description what is to be done
	 * @param priority from 1 to 3
	 */
	public record Arguments(String asset, String description, int priority) {
	}

}
