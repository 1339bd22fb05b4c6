package usecases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.kosmos.tracing.RequestContext;
import io.micrometer.tracing.BaggageInScope;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.slf4j.MDC;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing that a caller says, and nothing that code passes on of it, leaves its line of a
 * log by the MDC. The number of random inputs is 100,000 unless the system property
 * {@code kosmos.fuzz.rounds} says otherwise.
 */
class LogForgeryFuzzTests {

	private static final int ROUNDS = Integer.getInteger("kosmos.fuzz.rounds", 100_000);

	private static final String[] EVERYTHING = { "kosmos.tracing.propagation.type=w3c,b3,b3-multi,jaeger",
			"kosmos.tracing.baggage.keys=kosmos.tenant.id,kosmos.user.id,region,note",
			"management.tracing.baggage.remote-fields=region",
			"management.tracing.baggage.correlation.fields=region,note" };

	private static final String[] HEADERS = { "baggage", "traceparent", "tracestate", "b3", "X-B3-TraceId",
			"X-B3-SpanId", "uber-trace-id", "uberctx-region", "uberctx-note", "uberctx-kosmos.tenant.id", "region" };

	private static final String[] PARTS = { "\r\n", "\n", "%0d%0a", "%0A", "\u001b[2K", "%1B[31m", "\u0085", "%C2%85",
			"\u2028", "%E2%80%A8", "\u2029", "\u202e", "%E2%80%AE", "\u0000", "%00", "\ud83d", "\ude00", "%ED%A0%BD",
			"\ud83d\ude00", "region=", "note=", "kosmos.tenant.id=", ",", ";", "=", "a", "FORGED", " ", "é",
			"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00-", "-01", ":0:1", "-1" };

	@TempDir
	Path directory;

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void noRequestForgesALineOfTheLog(WebApplicationType type) throws IOException {
		Path log = this.directory.resolve("service.log");
		String[] properties = Stream
			.concat(Arrays.stream(EVERYTHING),
					Stream.of("logging.file.name=" + log, "logging.pattern.file=LINE %-5level [%X] %msg%n",
							// Their texts about requests that they refuse have several
							// lines.
							"logging.level.org.apache.coyote=off", "logging.level.reactor.netty=off"))
			.toArray(String[]::new);
		try (RunningService service = RunningService.start(type, Application.class, properties)) {
			String evil = "x%0d%0aFORGED%1b%5B31m%C2%85FORGED%E2%80%A8FORGED%E2%80%AE";
			for (String header : List.of("baggage: region=" + evil + ",note=" + evil + ",kosmos.tenant.id=" + evil,
					"region: x\u001b[31mFORGED", "X-Tenant-Id: x\u001b[31mFORGED", "X-User-Id: x\u0085FORGED",
					"uberctx-note: " + evil, "uber-trace-id: " + evil + ":1:0:1", "traceparent: 00-" + evil + "-01")) {
				service.get("/say?text=" + evil, header);
			}
			assertThat(service.get("/say?text=" + evil)).startsWith("HTTP/1.1 200");
		}
		String text = Files.readString(log);
		assertThat(text.split("\n")).allMatch((line) -> line.startsWith("LINE "));
		assertThat(text.replace("\n", "")).matches("[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]*");
		assertThat(text).contains("handled").contains("note=x__FORGED_[31m_FORGED_FORGED_");
	}

	@Test
	void noInputBringsMoreThanPlainTextIntoTheMdc() {
		Random random = new Random(1789);
		int withBaggage = 0;
		try (RunningService service = RunningService.start(WebApplicationType.NONE, Application.class, EVERYTHING)) {
			ContextPropagators propagators = service.bean(ContextPropagators.class);
			RequestContext requests = service.bean(RequestContext.class);
			io.opentelemetry.api.trace.Tracer tracer = service.bean(OpenTelemetry.class).getTracer("test");
			for (int round = 0; round < ROUNDS; round++) {
				Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
				for (int i = random.nextInt(4); i > 0; i--) {
					headers.put(HEADERS[random.nextInt(HEADERS.length)], text(random));
				}
				Context context = propagators.getTextMapPropagator().extract(Context.root(), headers, new Getter());
				if (random.nextInt(4) > 0) {
					context = context.with(Baggage.fromContext(context)
						.toBuilder()
						.put(random.nextBoolean() ? "note" : "Region", text(random))
						.build());
				}
				Span span = tracer.spanBuilder("work").setParent(context).startSpan();
				Map<String, String> mdc = new HashMap<>();
				try (Scope ignored = context.with(span).makeCurrent();
						Scope ids = requests.builder()
							.tenant(text(random))
							.user(text(random))
							.conversation(text(random))
							.request(text(random))
							.open()) {
					mdc.putAll(MDC.getCopyOfContextMap());
				}
				finally {
					span.end();
				}
				Map<String, String> left = MDC.getCopyOfContextMap();
				if (left != null && !left.isEmpty()) {
					throw new AssertionError(left + " is left, with " + headers);
				}
				withBaggage += (mdc.containsKey("note") || mdc.containsKey("region")) ? 1 : 0;
				mdc.forEach((key, value) -> {
					if (!isPlain(value)) {
						throw new AssertionError(key + " is " + value.chars().boxed().toList() + " with " + headers);
					}
				});
				if (round % 10_000 == 0) {
					service.reset();
				}
			}
		}
		assertThat(withBaggage).isGreaterThan(ROUNDS / 2);
	}

	private static boolean isPlain(String value) {
		return value.codePoints().noneMatch((codePoint) -> {
			int type = Character.getType(codePoint);
			return type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR
					|| type == Character.PARAGRAPH_SEPARATOR || type == Character.SURROGATE;
		});
	}

	private static String text(Random random) {
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(6); i >= 0; i--) {
			text.append((random.nextInt(5) > 0) ? PARTS[random.nextInt(PARTS.length)]
					: String.valueOf((char) random.nextInt(0x10000)));
		}
		return text.toString();
	}

	private static final class Getter implements TextMapGetter<Map<String, String>> {

		@Override
		public Iterable<String> keys(Map<String, String> carrier) {
			return carrier.keySet();
		}

		@Override
		public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
			return (carrier != null) ? carrier.get(key) : null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Endpoint endpoint(Tracer tracer, RequestContext requests) {
			return new Endpoint(tracer, requests);
		}

	}

	@RestController
	static class Endpoint {

		private static final Log logger = LogFactory.getLog(Endpoint.class);

		private final Tracer tracer;

		private final RequestContext requests;

		Endpoint(Tracer tracer, RequestContext requests) {
			this.tracer = tracer;
			this.requests = requests;
		}

		@GetMapping("/say")
		String say(@RequestParam String text) {
			try (BaggageInScope ignored = this.tracer.createBaggageInScope("note", text);
					Scope ids = this.requests.builder().tenant(text).user(text).open()) {
				logger.info("handled");
			}
			return "ok";
		}

	}

}
