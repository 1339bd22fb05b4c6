package usecases.boundaries;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where a service finds what Spring Boot does not ask for.
 *
 * @param peer the name of the other service, which is also that of its queue, topic and
 * subject
 * @param peerUrl the other service's HTTP
 * @param nats the NATS server
 */
@ConfigurationProperties("boundaries")
record ServiceProperties(String peer, String peerUrl, String nats) {
}
