package io.kosmos.tracing.autoconfigure.web;

import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Where the actuator answers, by the mappings it really has: every path of a management
 * server of its own; on the application's server the base path, or each endpoint's path
 * when there is no base path, and the additional paths of health groups, all with
 * everything below them. Thread-safe.
 */
final class ActuatorPaths {

	private final Environment environment;

	private final SingletonSupplier<ManagementPortType> portType;

	private final SingletonSupplier<Set<String>> paths;

	private volatile int managementPort;

	ActuatorPaths(ObjectProvider<PathMappedEndpoints> endpoints, Environment environment) {
		this.environment = environment;
		this.portType = SingletonSupplier.of(() -> ManagementPortType.get(environment));
		this.paths = SingletonSupplier.of(() -> find(endpoints, this.portType.obtain()));
	}

	/**
	 * Tells whether the actuator answers a request.
	 * @param port local port that received the request
	 * @param path decoded path below the context path and the dispatcher's own path
	 * @return whether it does
	 */
	boolean contain(int port, String path) {
		if (isManagementServer(port)) {
			return true;
		}
		for (String candidate : this.paths.obtain()) {
			if (path.startsWith(candidate)
					&& (path.length() == candidate.length() || path.charAt(candidate.length()) == '/')) {
				return true;
			}
		}
		return false;
	}

	private boolean isManagementServer(int port) {
		if (this.portType.obtain() != ManagementPortType.DIFFERENT) {
			return false;
		}
		int managementPort = this.managementPort;
		if (managementPort == 0) {
			// There as soon as that server listens, and the only place with a random
			// port.
			managementPort = this.environment.getProperty("local.management.port", Integer.class, 0);
			this.managementPort = managementPort;
		}
		return managementPort != 0 && port == managementPort;
	}

	private static Set<String> find(ObjectProvider<PathMappedEndpoints> provider, ManagementPortType portType) {
		Set<String> paths = new LinkedHashSet<>();
		PathMappedEndpoints endpoints = provider.getIfAvailable();
		if (endpoints == null) {
			return paths;
		}
		for (PathMappedEndpoint endpoint : endpoints) {
			for (String path : endpoint.getAdditionalPaths(WebServerNamespace.SERVER)) {
				paths.add(path.startsWith("/") ? path : "/" + path);
			}
		}
		if (portType == ManagementPortType.SAME) {
			if (StringUtils.hasText(endpoints.getBasePath())) {
				paths.add(endpoints.getBasePath());
			}
			else {
				paths.addAll(endpoints.getAllPaths());
			}
		}
		return paths;
	}

}
