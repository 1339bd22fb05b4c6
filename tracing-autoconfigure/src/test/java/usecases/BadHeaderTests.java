package usecases;

import java.net.SocketException;
import java.util.List;
import java.util.Random;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Headers that somebody made to do harm, at a service that takes over and passes on all
 * that there is.
 */
@ExtendWith(OutputCaptureExtension.class)
class BadHeaderTests {

	private static final String[] EVERYTHING = { "kosmos.tracing.propagation.type=w3c,b3,b3-multi,jaeger",
			"kosmos.tracing.baggage.keys=kosmos.tenant.id,region,x-legacy", "kosmos.tracing.baggage.hosts=127.0.0.1",
			"management.tracing.baggage.remote-fields=x-legacy,region",
			"management.tracing.baggage.correlation.fields=region,x-legacy",
			"management.tracing.baggage.tag-fields=region", "logging.pattern.level=%X{region} %X{x-legacy} %5p",
			"server.max-http-request-header-size=16KB" };

	private static final String[] NAMES = { "traceparent", "tracestate", "baggage", "b3", "X-B3-TraceId", "X-B3-SpanId",
			"X-B3-Sampled", "X-B3-Flags", "uber-trace-id", "uberctx-region", "uberctx-kosmos.tenant.id", "x-legacy",
			"region" };

	private static final String[] VALUES = { "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
			"a=1,kosmos=agent:zeus", "region=%0d%0aFORGED,kosmos.tenant.id=%0aFORGED",
			"0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1", "0af7651916cd43dd8448eb211c80319c",
			"b7ad6b7169203331", "1", "d", "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1", "%0d%0aFORGED",
			"%zz", "%C2%85FORGED", "%E2%80%A8FORGED", "region=M\u00fcller;p=1", "=;,=;,%" };

	@ParameterizedTest
	@EnumSource
	void noneFailsARequestOrForgesALine(CallingService server, CapturedOutput output) {
		Random random = new Random(11);
		int answered = 0;
		try (RunningService service = server.start(EVERYTHING)) {
			for (int i = 0; i < 300; i++) {
				String[] headers = random.ints(1 + random.nextInt(6), 0, NAMES.length)
					.mapToObj((name) -> NAMES[name] + ": " + value(random))
					.toArray(String[]::new);
				String response = get(service, headers);
				// The server itself refuses what is no header at all, Netty before it has
				// read all.
				assertThat(response).as(List.of(headers).toString()).matches("(?s)HTTP/1.1 (200|400|431) .*|reset");
				answered += response.startsWith("HTTP/1.1 200") ? 1 : 0;
			}
			assertThat(service.ended()).extracting(SpanData::getName).isNotEmpty();
		}
		assertThat(answered).isGreaterThan(150);
		assertThat(output.getOut().lines()).noneMatch((line) -> line.startsWith("FORGED"))
			.noneMatch((line) -> line.contains("Tracing failed"));
	}

	private static String get(RunningService service, String... headers) {
		try {
			return service.get("/call?count=1&port=" + service.port(), headers);
		}
		catch (IllegalStateException ex) {
			assertThat(ex).hasRootCauseInstanceOf(SocketException.class);
			return "reset";
		}
	}

	private static String value(Random random) {
		StringBuilder value = new StringBuilder(VALUES[random.nextInt(VALUES.length)]);
		switch (random.nextInt(5)) {
			case 0 -> value.append(",").append(VALUES[random.nextInt(VALUES.length)]);
			case 1 -> value.setCharAt(random.nextInt(value.length()), (char) random.nextInt(0x100));
			case 2 -> value.append("a".repeat(random.nextInt(1500)));
			case 3 -> value.append("region=\u00e4%ff%0a,".repeat(random.nextInt(50)));
			default -> {
			}
		}
		return value.toString().replaceAll("[\\r\\n]", "\u0085");
	}

}
