package io.kosmos.tracing.autoconfigure.web;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.micrometer.observation.transport.ReceiverContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.ParameterizableViewController;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Requests that the dispatcher servlet is going to answer with a static resource. Its own
 * handler mappings are asked, in its own order, so that a controller is a controller
 * whatever its path looks like; a path that nothing else is mapped to counts as a
 * resource, found or not.
 * <p>
 * Not decided, and so traced, are resources that a router function or another servlet
 * serves. A GET request that a filter answers by itself counts as what the dispatcher
 * would have made of it.
 */
final class ServletStaticResources implements RequestExclusion {

	private final ListableBeanFactory beanFactory;

	private volatile @Nullable Mappings mappings;

	ServletStaticResources(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public boolean isExcluded(ReceiverContext<?> context) {
		if (!(context instanceof ServerRequestObservationContext serverContext)) {
			return false;
		}
		HttpServletRequest request = serverContext.getCarrier();
		if (request == null || !isRead(request) || !isForDispatcher(request)) {
			return false;
		}
		Mappings mappings = this.mappings;
		if (mappings == null) {
			mappings = Mappings.of(this.beanFactory);
			this.mappings = mappings;
		}
		return mappings.answerWithResource(request);
	}

	private static boolean isRead(HttpServletRequest request) {
		return HttpMethod.GET.matches(request.getMethod()) || HttpMethod.HEAD.matches(request.getMethod());
	}

	private static boolean isForDispatcher(HttpServletRequest request) {
		return DispatcherServletAutoConfiguration.DEFAULT_DISPATCHER_SERVLET_BEAN_NAME
			.equals(request.getHttpServletMapping().getServletName());
	}

	/**
	 * The mappings up to the last one that has resources.
	 *
	 * @param ordered in the dispatcher's order
	 * @param controllerPaths paths without variables that controllers have before any
	 * resource is asked for: most requests of an API need no other look
	 */
	private record Mappings(List<HandlerMapping> ordered, Set<String> controllerPaths) {

		static Mappings of(ListableBeanFactory beanFactory) {
			List<HandlerMapping> all = new ArrayList<>(
					BeanFactoryUtils.beansOfTypeIncludingAncestors(beanFactory, HandlerMapping.class, true, false)
						.values());
			AnnotationAwareOrderComparator.sort(all);
			Set<String> controllerPaths = new HashSet<>();
			int end = 0;
			for (int i = 0; i < all.size(); i++) {
				HandlerMapping mapping = all.get(i);
				if (hasResources(mapping)) {
					end = i + 1;
				}
				else if (end == 0 && mapping instanceof RequestMappingInfoHandlerMapping controllers) {
					for (RequestMappingInfo info : controllers.getHandlerMethods().keySet()) {
						controllerPaths.addAll(info.getDirectPaths());
					}
				}
			}
			return new Mappings(List.copyOf(all.subList(0, end)), controllerPaths);
		}

		private static boolean hasResources(HandlerMapping mapping) {
			return mapping instanceof AbstractUrlHandlerMapping urls && (isResource(urls.getRootHandler())
					|| urls.getHandlerMap().values().stream().anyMatch(Mappings::isResource));
		}

		private static boolean isResource(@Nullable Object handler) {
			return handler instanceof ResourceHttpRequestHandler || isWelcomePage(handler);
		}

		private static boolean isWelcomePage(@Nullable Object handler) {
			return handler instanceof ParameterizableViewController controller
					&& "forward:index.html".equals(controller.getViewName());
		}

		boolean answerWithResource(HttpServletRequest request) {
			if (this.ordered.isEmpty()) {
				return false;
			}
			String pathInfo = request.getPathInfo();
			if (this.controllerPaths.contains((pathInfo != null) ? pathInfo : request.getServletPath())) {
				return false;
			}
			LookupRequest lookup = new LookupRequest(request);
			ServletRequestPathUtils.parseAndCache(lookup);
			try {
				for (HandlerMapping mapping : this.ordered) {
					HandlerExecutionChain chain = mapping.getHandler(lookup);
					if (chain != null) {
						return isResource(chain.getHandler());
					}
				}
			}
			catch (Exception ex) {
				// A controller has the path but not in this way: it answers with an
				// error.
			}
			return false;
		}

	}

	/**
	 * Keeps to itself what mappings write into a request.
	 */
	private static final class LookupRequest extends HttpServletRequestWrapper {

		private final Map<String, @Nullable Object> attributes = new HashMap<>();

		LookupRequest(HttpServletRequest request) {
			super(request);
		}

		@Override
		public @Nullable Object getAttribute(String name) {
			return this.attributes.containsKey(name) ? this.attributes.get(name) : super.getAttribute(name);
		}

		@Override
		public Enumeration<String> getAttributeNames() {
			Set<String> names = new HashSet<>(Collections.list(super.getAttributeNames()));
			names.addAll(this.attributes.keySet());
			names.removeIf((name) -> getAttribute(name) == null);
			return Collections.enumeration(names);
		}

		@Override
		public void setAttribute(String name, @Nullable Object value) {
			this.attributes.put(name, value);
		}

		@Override
		public void removeAttribute(String name) {
			this.attributes.put(name, null);
		}

	}

}
