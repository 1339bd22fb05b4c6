package usecases.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers, below those that outgoing connections get, so that none is taken
 * while its server is down.
 */
final class Ports {

	private static final AtomicInteger NEXT = new AtomicInteger(ThreadLocalRandom.current().nextInt(12_000, 30_000));

	private Ports() {
	}

	static int free() {
		while (true) {
			int port = 12_000 + NEXT.getAndIncrement() % 20_000;
			try (ServerSocket socket = new ServerSocket()) {
				socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
				return port;
			}
			catch (IOException ex) {
				// Somebody else's: the next one.
			}
		}
	}

}
