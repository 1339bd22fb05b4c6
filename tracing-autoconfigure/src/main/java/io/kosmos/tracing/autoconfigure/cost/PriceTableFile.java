package io.kosmos.tracing.autoconfigure.cost;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import io.kosmos.tracing.autoconfigure.cost.CostProperties.Price;
import io.kosmos.tracing.autoconfigure.cost.PriceTable.Problem;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.io.Resource;

/**
 * Reads a price table from a file: UTF-8, one model on a line, values separated by
 * commas, spaces around them ignored. The first line names the columns. Empty lines and
 * those that begin with {@code #} are ignored.
 */
final class PriceTableFile {

	static final String COLUMNS = "provider,model,input,output,cached-input,currency";

	private static final int COLUMN_COUNT = COLUMNS.split(",").length;

	private final Resource resource;

	PriceTableFile(Resource resource) {
		this.resource = resource;
	}

	/**
	 * Read the file.
	 * @return the table
	 * @throws InvalidConfigurationPropertyValueException if there is no such file or a
	 * line is not as it must be
	 */
	PriceTable read() {
		PriceTable table = new PriceTable();
		boolean header = false;
		List<String> lines = lines();
		for (int i = 0; i < lines.size(); i++) {
			String line = lines.get(i).strip();
			int number = i + 1;
			if (line.isEmpty() || line.startsWith("#")) {
				continue;
			}
			if (header) {
				Problem problem = (field, value, allowed) -> invalid("Line " + number + ": " + field
						+ ((value != null) ? " is '" + value + "'. " : " is missing. ") + allowed, null);
				table.add(price(line, number, problem), problem);
			}
			else if (String.join(",", values(line)).equals(COLUMNS)) {
				header = true;
			}
			else {
				throw invalid("Line " + number + " is '" + line + "'. It must name the columns: " + COLUMNS, null);
			}
		}
		if (!header) {
			throw invalid("The file is empty. Its first line must name the columns: " + COLUMNS, null);
		}
		return table;
	}

	private List<String> lines() {
		try {
			String content = this.resource.getContentAsString(StandardCharsets.UTF_8);
			// Spreadsheets begin a UTF-8 file with a byte order mark.
			return (content.startsWith("\uFEFF") ? content.substring(1) : content).lines().toList();
		}
		catch (IOException ex) {
			throw invalid("It must be a file that can be read (" + ex.getClass().getSimpleName() + ").", ex);
		}
	}

	private Price price(String line, int number, Problem problem) {
		List<String> values = values(line);
		if (values.size() != COLUMN_COUNT) {
			throw invalid("Line " + number + " is '" + line + "'. It must have " + COLUMN_COUNT
					+ " values separated by commas: " + COLUMNS, null);
		}
		return new Price(values.get(0), values.get(1), number("input", values.get(2), problem),
				number("output", values.get(3), problem), number("cached-input", values.get(4), problem),
				values.get(5));
	}

	private static @Nullable BigDecimal number(String field, String value, Problem problem) {
		try {
			return value.isEmpty() ? null : new BigDecimal(value);
		}
		catch (NumberFormatException ex) {
			throw problem.with(field, value, PriceTable.PRICE_ALLOWED);
		}
	}

	private static List<String> values(String line) {
		return Stream.of(line.split(",", -1)).map(String::strip).toList();
	}

	private InvalidConfigurationPropertyValueException invalid(String reason, @Nullable Exception cause) {
		return new InvalidConfigurationPropertyValueException("kosmos.tracing.cost.location",
				this.resource.getDescription(), reason, cause);
	}

}
