package io.kosmos.tracing.autoconfigure.web;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.resource.ResourceWebHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import org.springframework.web.server.i18n.LocaleContextResolver;
import org.springframework.web.server.session.WebSessionManager;

/**
 * Requests that the dispatcher handler is going to answer with a static resource. Its own
 * handler mappings are asked, in its own order and with an exchange of their own.
 * <p>
 * Not decided, and so traced, are requests whose mapping does not answer at once, and
 * resources that a router function serves, the welcome page among them.
 */
final class ReactiveStaticResources implements RequestExclusion {

	private static final WebSessionManager NO_SESSION = (exchange) -> Mono.empty();

	private final ListableBeanFactory beanFactory;

	private final ServerCodecConfigurer codecs = ServerCodecConfigurer.create();

	private final LocaleContextResolver localeResolver = new AcceptHeaderLocaleContextResolver();

	private volatile @Nullable List<HandlerMapping> mappings;

	ReactiveStaticResources(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public boolean isExcluded(ReceiverContext<?> context) {
		if (!(context instanceof ServerRequestObservationContext serverContext)) {
			return false;
		}
		ServerHttpRequest request = serverContext.getCarrier();
		ServerHttpResponse response = serverContext.getResponse();
		if (request == null || response == null || !isRead(request.getMethod())) {
			return false;
		}
		List<HandlerMapping> mappings = mappings();
		if (mappings.isEmpty()) {
			return false;
		}
		ServerWebExchange exchange = new DefaultServerWebExchange(request, new LookupResponse(response), NO_SESSION,
				this.codecs, this.localeResolver);
		for (HandlerMapping mapping : mappings) {
			CompletableFuture<@Nullable Object> answer = mapping.getHandler(exchange).toFuture();
			if (!answer.isDone()) {
				answer.cancel(true);
				return false;
			}
			Object handler = answer.join();
			if (handler != null) {
				return handler instanceof ResourceWebHandler;
			}
		}
		return false;
	}

	private static boolean isRead(HttpMethod method) {
		return method == HttpMethod.GET || method == HttpMethod.HEAD;
	}

	private List<HandlerMapping> mappings() {
		List<HandlerMapping> mappings = this.mappings;
		if (mappings == null) {
			List<HandlerMapping> all = new ArrayList<>(
					BeanFactoryUtils.beansOfTypeIncludingAncestors(this.beanFactory, HandlerMapping.class, true, false)
						.values());
			AnnotationAwareOrderComparator.sort(all);
			int end = all.size();
			while (end > 0 && !hasResources(all.get(end - 1))) {
				end--;
			}
			mappings = List.copyOf(all.subList(0, end));
			this.mappings = mappings;
		}
		return mappings;
	}

	private static boolean hasResources(HandlerMapping mapping) {
		return mapping instanceof AbstractUrlHandlerMapping urls
				&& urls.getHandlerMap().values().stream().anyMatch(ResourceWebHandler.class::isInstance);
	}

	/**
	 * Keeps to itself what mappings write into a response, which is the answer to a
	 * cross-origin request.
	 */
	private static final class LookupResponse extends ServerHttpResponseDecorator {

		private final HttpHeaders headers = new HttpHeaders();

		LookupResponse(ServerHttpResponse response) {
			super(response);
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public boolean setStatusCode(@Nullable HttpStatusCode status) {
			return true;
		}

	}

}
