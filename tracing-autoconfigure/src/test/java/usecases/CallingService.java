package usecases;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A service that calls back when it is called: on each server, with the client that
 * belongs with it.
 */
enum CallingService {

	TOMCAT(WebApplicationType.SERVLET, ServletApplication.class),

	NETTY(WebApplicationType.REACTIVE, ReactiveApplication.class);

	private static final Logger logger = LoggerFactory.getLogger(CallingService.class);

	private final WebApplicationType type;

	private final Class<?> application;

	CallingService(WebApplicationType type, Class<?> application) {
		this.type = type;
		this.application = application;
	}

	RunningService start(String... properties) {
		return RunningService.start(this.type, this.application, properties);
	}

	/**
	 * Call a service.
	 * @return the headers of the calls that it made in its turn
	 */
	static List<HttpHeaders> call(RunningService service, int count, String... headers) {
		return call(service, "/call", count, headers);
	}

	static List<HttpHeaders> call(RunningService service, String path, int count, String... headers) {
		Calls calls = service.bean(Calls.class);
		calls.headers.clear();
		String response = service.get(path + "?count=" + count + "&port=" + service.port(), headers);
		if (!response.startsWith("HTTP/1.1 200")) {
			throw new IllegalStateException(response);
		}
		return List.copyOf(calls.headers);
	}

	private static void log() {
		logger.info("region={}", MDC.get("region"));
	}

	/**
	 * The calls that were received.
	 */
	static class Calls {

		private final ConcurrentLinkedQueue<HttpHeaders> headers = new ConcurrentLinkedQueue<>();

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Calls.class, ServletEndpoints.class })
	static class ServletApplication {

	}

	@RestController
	static class ServletEndpoints {

		private final RestClient client;

		private final Calls calls;

		ServletEndpoints(RestClient.Builder client, Calls calls) {
			this.client = client.build();
			this.calls = calls;
		}

		@GetMapping({ "/call", "/internal/call" })
		void call(@RequestParam int count, @RequestParam int port) {
			log();
			for (int i = 0; i < count; i++) {
				this.client.get().uri("http://127.0.0.1:" + port + "/back").retrieve().toBodilessEntity();
			}
		}

		@GetMapping("/back")
		void back(@RequestHeader HttpHeaders headers) {
			this.calls.headers.add(HttpHeaders.copyOf(headers));
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = TomcatReactiveWebServerAutoConfiguration.class)
	@Import({ Calls.class, ReactiveEndpoints.class })
	static class ReactiveApplication {

		// The global resources would be those of every other test in this JVM.
		@Bean
		ReactorResourceFactory reactorResources() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

	}

	@RestController
	static class ReactiveEndpoints {

		private final WebClient client;

		private final Calls calls;

		ReactiveEndpoints(WebClient.Builder client, Calls calls) {
			this.client = client.build();
			this.calls = calls;
		}

		@GetMapping({ "/call", "/internal/call" })
		Mono<Long> call(@RequestParam int count, @RequestParam int port) {
			log();
			return Flux.range(0, count)
				.concatMap((index) -> this.client.get()
					.uri("http://127.0.0.1:" + port + "/back")
					.retrieve()
					.toBodilessEntity())
				.count();
		}

		@GetMapping("/back")
		Mono<Void> back(@RequestHeader HttpHeaders headers) {
			this.calls.headers.add(HttpHeaders.copyOf(headers));
			return Mono.empty();
		}

	}

}
