package usecases;

import java.util.List;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whose trace, sampling and baggage a service takes over.
 */
class InboundTrustTests {

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private static final String[] CONTEXT = { "traceparent: 00-" + TRACE + "-b7ad6b7169203331-01",
			"tracestate: other=1,kosmos=agent:hera", "baggage: kosmos.tenant.id=acme,region=north" };

	private static final String[] ALLOWED = { "kosmos.tracing.baggage.keys=kosmos.tenant.id,region",
			"kosmos.tracing.baggage.hosts=127.0.0.1" };

	@ParameterizedTest
	@EnumSource
	void everybodyIsTrustedByDefault(CallingService server) {
		try (RunningService service = server.start(ALLOWED)) {
			assertTrusted(service, CallingService.call(service, 1, CONTEXT).get(0));
		}
	}

	@ParameterizedTest
	@EnumSource
	void anUntrustedContextBecomesALinkAndNothingElse(CallingService server) {
		try (RunningService service = server.start(with("kosmos.tracing.propagation.trust.networks=none"))) {
			assertUntrusted(service, CallingService.call(service, 1, CONTEXT).get(0));
			service.reset();
			HttpHeaders b3 = CallingService.call(service, 1, "b3: " + TRACE + "-b7ad6b7169203331-1").get(0);
			assertUntrusted(service, b3);
			service.reset();
			CallingService.call(service, 1);
			assertThat(server(service).getLinks()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void anUntrustedCallerDecidesNothingAboutSampling(CallingService server) {
		try (RunningService service = server
			.start(with("kosmos.tracing.propagation.trust.networks=none", "kosmos.tracing.sampling.probability=0"))) {
			for (int i = 0; i < 20; i++) {
				assertThat(CallingService.call(service, 1, CONTEXT).get(0).getFirst("traceparent")).matches(".*-0[02]");
			}
			assertThat(service.ended()).isEmpty();
		}
		try (RunningService service = server.start(with("kosmos.tracing.propagation.trust.networks=none"))) {
			assertThat(
					CallingService.call(service, 1, CONTEXT[0].replaceAll("01$", "00")).get(0).getFirst("traceparent"))
				.matches(".*-0[13]");
		}
	}

	@ParameterizedTest
	@EnumSource
	void networksAreThoseOfTheDirectPeer(CallingService server) {
		try (RunningService service = server
			.start(with("kosmos.tracing.propagation.trust.networks=10.0.0.0/8,127.0.0.0/8"))) {
			assertTrusted(service, CallingService.call(service, 1, CONTEXT).get(0));
		}
		for (String strategy : List.of("none", "native", "framework")) {
			try (RunningService service = server.start(with("kosmos.tracing.propagation.trust.networks=10.0.0.0/8",
					"server.forward-headers-strategy=" + strategy))) {
				assertUntrusted(service,
						CallingService
							.call(service, 1, CONTEXT[0], CONTEXT[1], CONTEXT[2], "X-Forwarded-For: 10.1.2.3",
									"X-Forwarded-Proto: https")
							.get(0));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHeaderIsOneThatIsSentOnceWithTheValue(CallingService server) {
		try (RunningService service = server.start(with("kosmos.tracing.propagation.trust.headers=X-Gateway=s3cret"))) {
			assertTrusted(service,
					CallingService.call(service, 1, CONTEXT[0], CONTEXT[1], CONTEXT[2], "x-gateway: s3cret").get(0));
			for (List<String> headers : List.of(List.of("X-Other: s3cret", "X-None: 1"),
					List.of("X-Gateway: s3cre", "X-None: 1"), List.of("X-Gateway: s3cret", "X-Gateway: s3cret"))) {
				service.reset();
				assertUntrusted(service,
						CallingService
							.call(service, 1, CONTEXT[0], CONTEXT[1], CONTEXT[2], headers.get(0), headers.get(1))
							.get(0));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aPathIsWhatIsCalledInTheEnd(CallingService server) {
		try (RunningService service = server.start(with("kosmos.tracing.propagation.trust.paths=/internal/**"))) {
			assertTrusted(service, CallingService.call(service, "/internal/call", 1, CONTEXT).get(0));
			service.reset();
			assertUntrusted(service, CallingService.call(service, "/call", 1, CONTEXT).get(0));
			service.reset();
			service.get("/internal/../call?count=0&port=1", CONTEXT);
			CallingService.call(service, "/call", 1);
			assertThat(service.ended()).extracting(SpanData::getTraceId).isNotEmpty().doesNotContain(TRACE);
		}
	}

	@ParameterizedTest
	@EnumSource
	void everyListHasToBeSatisfied(CallingService server) {
		try (RunningService service = server.start(with("kosmos.tracing.propagation.trust.networks=127.0.0.1",
				"kosmos.tracing.propagation.trust.paths=/internal/**"))) {
			assertTrusted(service, CallingService.call(service, "/internal/call", 1, CONTEXT).get(0));
			service.reset();
			assertUntrusted(service, CallingService.call(service, 1, CONTEXT).get(0));
		}
	}

	private static void assertTrusted(RunningService service, HttpHeaders called) {
		SpanData span = server(service);
		assertThat(span.getTraceId()).isEqualTo(TRACE);
		assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
		assertThat(span.getLinks()).isEmpty();
		assertThat(span.getAttributes().asMap()).containsEntry(KosmosAttributes.TENANT_ID, "acme")
			.containsEntry(KosmosAttributes.CALLER_AGENT, "hera");
		assertThat(called.getFirst("traceparent")).contains(TRACE);
		assertThat(called.getFirst("tracestate")).isEqualTo("other=1,kosmos=agent:hera");
		assertThat(called.getFirst("baggage")).isEqualTo("kosmos.tenant.id=acme,region=north");
	}

	private static void assertUntrusted(RunningService service, HttpHeaders called) {
		SpanData span = server(service);
		assertThat(span.getTraceId()).isNotEqualTo(TRACE);
		assertThat(span.getParentSpanContext().isValid()).isFalse();
		assertThat(span.getLinks()).singleElement().satisfies((link) -> {
			assertThat(link.getSpanContext().getTraceId()).isEqualTo(TRACE);
			assertThat(link.getSpanContext().getSpanId()).isEqualTo("b7ad6b7169203331");
			assertThat(link.getSpanContext().getTraceState().isEmpty()).isTrue();
		});
		assertThat(span.getAttributes().asMap()).doesNotContainKey(KosmosAttributes.TENANT_ID)
			.doesNotContainKey(KosmosAttributes.CALLER_AGENT);
		assertThat(called.headerNames()).doesNotContain("baggage", "tracestate");
		assertThat(service.ended())
			.filteredOn((other) -> other.getTraceId().equals(span.getTraceId()) && other.getKind() != SpanKind.SERVER)
			.allSatisfy((other) -> assertThat(other.getLinks()).isEmpty());
	}

	private static SpanData server(RunningService service) {
		return service.await((span) -> span.getKind() == SpanKind.SERVER && !span.getName().endsWith("/back"));
	}

	private static String[] with(String... properties) {
		String[] all = new String[ALLOWED.length + properties.length];
		System.arraycopy(ALLOWED, 0, all, 0, ALLOWED.length);
		System.arraycopy(properties, 0, all, ALLOWED.length, properties.length);
		return all;
	}

}
