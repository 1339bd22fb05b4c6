package io.kosmos.tracing.autoconfigure.cost;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

import io.kosmos.tracing.ModelPrice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PriceTableFileTests {

	@Test
	void shouldReadEntriesBetweenCommentsAndEmptyLines() {
		PriceTable table = read("""
				# prices of acme
				provider , model, input,output, cached-input ,currency

				acme, acme-1, 1.50, 2, 0.1, EUR
				  # not any more: acme, acme-2, 1, 1, 1, EUR
				acme,acme-3,0,0,,EUR""");
		assertThat(table.find("acme", "acme-1"))
			.isEqualTo(new ModelPrice(new BigDecimal("1.5"), new BigDecimal("2"), new BigDecimal("0.1"), "EUR"));
		assertThat(table.find("acme", "acme-2")).isNull();
		assertThat(table.find("acme", "acme-3"))
			.isEqualTo(new ModelPrice(BigDecimal.ZERO, BigDecimal.ZERO, null, "EUR"));
	}

	@Test
	void shouldReadWhatASpreadsheetWrites() {
		PriceTable table = read("\uFEFF" + PriceTableFile.COLUMNS + "\r\nacme,acme-1,1,2,,USD\r\n");
		assertThat(table.find("acme", "acme-1")).isNotNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					, acme-1, 1, 2, 1, USD         | provider is ''. It must not be empty.
					acme, , 1, 2, 1, USD           | model is ''. It must not be empty.
					acme, acme-1, , 2, 1, USD      | input is missing. It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					acme, acme-1, 1, , 1, USD      | output is missing. It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					acme, acme-1, free, 2, 1, USD  | input is 'free'. It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					acme, acme-1, NaN, 2, 1, USD   | input is 'NaN'. It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					acme, acme-1, $1, 2, 1, USD    | input is '$1'. It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					acme, acme-1, 1, -2, 1, USD    | output is '-2'. It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					acme, acme-1, 1, 2, 1e99, USD  | cached-input is '1E+99'. It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					acme, acme-1, 1, 2, 1e-99, USD | cached-input is '1E-99'. It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					acme, acme-1, 1, 2, 1,         | currency is ''. It must not be empty.
					acme, acme-1, 1, 2, 1, Dollar  | currency is 'Dollar'. It must be an ISO 4217 code in upper case, such as USD.
					known, known-1, 1, 2, 1, USD   | model is 'known-1'. It must not be listed twice for provider 'known'.
					""")
	void shouldNameLineValueAndWhatIsAllowed(String line, String problem) {
		assertFails(PriceTableFile.COLUMNS + "\nknown, known-1, 1, 2, , USD\n\n" + line, "Line 4: " + problem);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			acme, acme-1, 1, 2, USD
			acme, acme-1, 1, 2, , USD, EUR
			acme, acme-1, 1,50, 2, , USD
			acme; acme-1; 1; 2; ; USD
			{ "provider": "acme" }
			""")
	void shouldShowALineThatIsNoEntry(String line) {
		assertFails(PriceTableFile.COLUMNS + "\n" + line, "Line 2 is '" + line
				+ "'. It must have 6 values separated by commas: provider,model,input,output,cached-input,currency");
	}

	@Test
	void shouldAskForTheNamesOfTheColumns() {
		assertFails("# acme\nacme, acme-1, 1, 2, , USD", "Line 2 is 'acme, acme-1, 1, 2, , USD'. It must name the"
				+ " columns: provider,model,input,output,cached-input,currency");
		assertFails("model,provider,input,output,cached-input,currency",
				"Line 1 is 'model,provider,input,output,cached-input,currency'. It must name the columns:"
						+ " provider,model,input,output,cached-input,currency");
		assertFails("\n# nothing\n", "The file is empty. Its first line must name the columns:"
				+ " provider,model,input,output,cached-input,currency");
	}

	private static PriceTable read(String content) {
		return new PriceTableFile(new ByteArrayResource(content.getBytes(StandardCharsets.UTF_8), "test")).read();
	}

	private static void assertFails(String content, String problem) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(() -> read(content))
			.withMessage("Property kosmos.tracing.cost.location with value 'Byte array resource [test]' is invalid: "
					+ problem);
	}

}
