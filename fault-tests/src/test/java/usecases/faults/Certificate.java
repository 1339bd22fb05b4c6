package usecases.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import io.netty.handler.ssl.SslContextBuilder;

/**
 * A certificate for 127.0.0.1 that is its own authority, with its key.
 */
final class Certificate {

	private static final String PASSWORD = "changeit";

	private final KeyStore keyStore;

	private Certificate(KeyStore keyStore) {
		this.keyStore = keyStore;
	}

	static Certificate make(Path directory, String name)
			throws IOException, InterruptedException, GeneralSecurityException {
		Path file = directory.resolve(name + ".p12");
		Process keytool = new ProcessBuilder(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
						"receiver", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1", "-ext", "bc:c",
						"-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString()))
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve(name + ".log").toFile())
			.start();
		if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
			throw new IllegalStateException("keytool made no certificate");
		}
		KeyStore keyStore = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			keyStore.load(in, PASSWORD.toCharArray());
		}
		return new Certificate(keyStore);
	}

	/**
	 * Write it, without its key, in one step.
	 * @param file where to
	 */
	void writePem(Path file) throws IOException, GeneralSecurityException {
		Path next = file.resolveSibling(file.getFileName() + ".next");
		Files.writeString(next,
				"-----BEGIN CERTIFICATE-----\n"
						+ Base64.getMimeEncoder(64, new byte[] { '\n' })
							.encodeToString(this.keyStore.getCertificate("receiver").getEncoded())
						+ "\n-----END CERTIFICATE-----\n");
		Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	SSLContext sslContext() throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keyManagers().getKeyManagers(), null, null);
		return context;
	}

	SslContextBuilder forNetty() throws GeneralSecurityException {
		return SslContextBuilder.forServer(keyManagers());
	}

	private KeyManagerFactory keyManagers() throws GeneralSecurityException {
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(this.keyStore, PASSWORD.toCharArray());
		return factory;
	}

}
