package io.kosmos.tracing.autoconfigure.propagation;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.RequestIds;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpMethod;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.web.reactive.function.client.ClientRequest;

import static org.assertj.core.api.Assertions.assertThat;

class AllowedBaggagePropagatorTests {

	private static final Context CONTEXT = new RequestIds("acme", "u1", null, "r 1;,=ü").storeInContext(Context.root())
		.with(Baggage.builder().put("region", "north").put("kosmos.tenant.id", "old").put("other", "1").build());

	@ParameterizedTest
	@CsvSource(textBlock = """
			inventory,            http://inventory:8080/a,            true
			inventory,            http://INVENTORY/a,                 true
			Inventory,            https://inventory/a,                true
			inventory,            http://inventory.example.com/,      false
			inventory,            http://inventory@evil.example/,     false
			inventory,            http://evil.example/inventory,      false
			inventory,            http://myinventory/,                false
			*.internal.example,   http://a.internal.example/,         true
			*.internal.example,   http://a.b.internal.example/,       true
			*.internal.example,   http://internal.example/,           false
			*.internal.example,   http://evilinternal.example/,       false
			*.internal.example,   http://a.internal.example.evil/,    false
			127.0.0.1,            http://127.0.0.1:80/,               true
			[::1],                http://[::1]:80/,                   true
			localhost,            http://127.0.0.1:80/,               false
			localhost,            /relative,                          false
			""")
	void shouldWriteOnlyToAllowedHosts(String host, String uri, boolean allowed) {
		AllowedBaggagePropagator propagator = propagator(List.of("region"), List.of(host));
		MockClientHttpRequest request = new MockClientHttpRequest(HttpMethod.GET, URI.create(uri));
		propagator.inject(CONTEXT, request, (carrier, key, value) -> carrier.getHeaders().set(key, value));
		assertThat(request.getHeaders().getFirst("baggage")).isEqualTo(allowed ? "region=north" : null);
		ClientRequest.Builder builder = ClientRequest.create(HttpMethod.GET, URI.create(uri));
		propagator.inject(CONTEXT, builder, (carrier, key, value) -> carrier.header(key, value));
		assertThat(builder.build().headers().getFirst("baggage")).isEqualTo(allowed ? "region=north" : null);
	}

	@Test
	void shouldWriteOnlyAllowedKeysAndTheIdsAsTheyAreNow() {
		assertThat(inject("kosmos.tenant.id", "region").split(",")).containsExactlyInAnyOrder("kosmos.tenant.id=acme",
				"region=north");
		assertThat(inject("kosmos.request.id")).isEqualTo("kosmos.request.id=r%201%3B%2C%3D%C3%BC");
		assertThat(inject("kosmos.conversation.id")).isNull();
		assertThat(inject("nothing")).isNull();
	}

	private static String inject(String... keys) {
		MockClientHttpRequest request = new MockClientHttpRequest(HttpMethod.GET, URI.create("http://a/"));
		propagator(List.of(keys), List.of("a")).inject(CONTEXT, request,
				(carrier, key, value) -> carrier.getHeaders().set(key, value));
		return request.getHeaders().getFirst("baggage");
	}

	@Test
	void shouldTellTheHostOfTheClientOfTheJdkAndOfACarrierThatKnowsIt() {
		AllowedBaggagePropagator propagator = propagator(List.of("region"), List.of("a"));
		for (String host : List.of("a", "b")) {
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + host + "/"));
			propagator.inject(CONTEXT, request, (carrier, key, value) -> carrier.header(key, value));
			assertThat(request.build().headers().firstValue("baggage").isPresent()).isEqualTo(host.equals("a"));
			ManyHeaders message = ManyHeaders.to(host);
			propagator.inject(CONTEXT, message, ManyHeaders.SETTER);
			assertThat(message.first("baggage")).isEqualTo(host.equals("a") ? "region=north" : null);
		}
		propagator.inject(CONTEXT, HttpRequest.newBuilder(), (carrier, key, value) -> carrier.header(key, value));
	}

	@Test
	void shouldHoldToTheLimitsAndWriteTheIdsFirst() {
		BaggageBuilder baggage = Baggage.builder();
		List<String> keys = new ArrayList<>(List.of("kosmos.tenant.id"));
		for (int i = 0; i < 100; i++) {
			baggage.put("a" + i, "x".repeat(40));
			keys.add("a" + i);
		}
		ManyHeaders message = ManyHeaders.to("a");
		propagator(keys, List.of("a")).inject(CONTEXT.with(baggage.build()), message, ManyHeaders.SETTER);
		assertThat(message.first("baggage")).startsWith("kosmos.tenant.id=acme,");
		assertThat(message.first("baggage").split(",")).hasSize(64);
		baggage.put("a0", "\u00fc".repeat(2000));
		propagator(keys, List.of("a")).inject(CONTEXT.with(baggage.build()), message, ManyHeaders.SETTER);
		assertThat(message.first("baggage")).hasSizeLessThan(8192).doesNotContain("a0=").contains("a1=");
	}

	@Test
	void shouldWriteNothingWhereTheHostCannotBeTold() {
		Map<String, String> message = new HashMap<>();
		propagator(List.of("region"), List.of("a")).inject(CONTEXT, message, Map::put);
		assertThat(message).isEmpty();
	}

	@Test
	void shouldReadAllBaggageButIdsOnlyWhenAllowed() {
		Map<String, String> headers = Map.of("baggage",
				"kosmos.tenant.id=acme,kosmos.user.id=u1,other=1,forged=a%0d%0aERROR%20b,kosmos.request.id=a%0ab");
		Context extracted = propagator(List.of("kosmos.tenant.id", "kosmos.request.id"), List.of())
			.extract(Context.root(), headers, new HeaderGetter());
		assertThat(RequestIds.fromContext(extracted)).isEqualTo(new RequestIds("acme", null, null, null));
		assertThat(Baggage.fromContext(extracted).asMap()).containsOnlyKeys("kosmos.tenant.id", "kosmos.user.id",
				"other");
	}

	@Test
	void shouldLetIdsThatAreThereWin() {
		Context context = new RequestIds("header", null, null, null).storeInContext(Context.root());
		Context extracted = propagator(List.of("kosmos.tenant.id", "kosmos.user.id"), List.of()).extract(context,
				Map.of("baggage", "kosmos.tenant.id=baggage,kosmos.user.id=u1"), new HeaderGetter());
		assertThat(RequestIds.fromContext(extracted)).isEqualTo(new RequestIds("header", "u1", null, null));
	}

	private static AllowedBaggagePropagator propagator(List<String> keys, List<String> hosts) {
		return new AllowedBaggagePropagator(new BaggageProperties(keys, hosts), List.of(),
				new Formats(List.of(), List.of()));
	}

}
