/**
 * Jaeger, where Spring starts it or finds it started. Nothing here is loaded unless
 * Spring Boot's Docker Compose or Testcontainers support is there.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.service;

import org.jspecify.annotations.NullMarked;
