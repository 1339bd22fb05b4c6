package io.kosmos.tracing.autoconfigure.sampling;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.UrlResource;

/**
 * Decides by Jaeger's {@link StrategiesDocument strategies file}. A file is read again
 * each reload interval and compared as a whole, since a ConfigMap of Kubernetes changes
 * by the target of a symbolic link, and no time or size need change with it. As long as
 * the new one is missing or bad the old one counts, which is said once.
 */
final class StrategiesFile implements StrategySource {

	static final int MAX_SIZE = 4 * 1024 * 1024;

	private static final String KEY = "kosmos.tracing.sampling.strategies";

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private final Resource file;

	private final String service;

	private final LongSupplier nanoTime;

	private final @Nullable Poll poll;

	private volatile Loaded loaded;

	private volatile @Nullable Problem problem;

	/**
	 * Read the file, and go on reading it if it can change.
	 * @param properties which file
	 * @param serviceName name of this service in the file
	 * @throws InvalidConfigurationPropertyValueException if it cannot be read, or
	 * anything in it is wrong
	 */
	StrategiesFile(SamplingProperties.Strategies properties, String serviceName) {
		this(properties, serviceName, System::nanoTime);
	}

	StrategiesFile(SamplingProperties.Strategies properties, String serviceName, LongSupplier nanoTime) {
		Resource file = properties.file();
		if (file == null) {
			throw new InvalidConfigurationPropertyValueException(KEY + ".file", null,
					"It must be set, such as to file:/etc/jaeger/sampling.json.");
		}
		Duration interval = properties.reloadInterval();
		if (file instanceof UrlResource url && url.getURL().getProtocol().startsWith("http")) {
			throw new InvalidConfigurationPropertyValueException(KEY + ".file", file.getDescription(),
					"It must be a file or a resource of the class path. What a server has, remote sampling asks for.");
		}
		this.file = file;
		this.service = serviceName;
		this.nanoTime = nanoTime;
		try {
			byte[] bytes = read();
			this.loaded = load(bytes, null);
		}
		catch (IOException ex) {
			throw new InvalidConfigurationPropertyValueException(KEY + ".file", file.getDescription(),
					unreadable(ex) + " It must be a strategies file of Jaeger.");
		}
		catch (InvalidStrategiesException ex) {
			throw new InvalidConfigurationPropertyValueException(KEY + ".file", file.getDescription(),
					"It must be a strategies file of Jaeger. In it, " + ex.getMessage());
		}
		this.poll = (isFile(file) && !interval.isZero()) ? new Poll("kosmos-strategies-file", interval, () -> {
			reload();
			return interval;
		}) : null;
	}

	private static boolean isFile(Resource resource) {
		return !(resource instanceof ClassPathResource) && resource.isFile();
	}

	private byte[] read() throws IOException, InvalidStrategiesException {
		try (InputStream content = this.file.getInputStream()) {
			byte[] bytes = content.readNBytes(MAX_SIZE + 1);
			if (bytes.length > MAX_SIZE) {
				throw new InvalidStrategiesException("there are more than " + MAX_SIZE + " bytes.");
			}
			return bytes;
		}
	}

	private Loaded load(byte[] bytes, @Nullable StrategySampler before) throws InvalidStrategiesException {
		ServiceStrategies strategies = StrategiesDocument.read(new String(bytes, StandardCharsets.UTF_8), this.service);
		return new Loaded(bytes, new StrategySampler(strategies, before, this.nanoTime), Instant.now());
	}

	private static String unreadable(IOException failure) {
		String why = (failure instanceof FileNotFoundException || failure instanceof NoSuchFileException)
				? "it does not exist, or may not be read." : failure.getClass().getSimpleName() + ".";
		return "It cannot be read: " + why;
	}

	/**
	 * Look whether the file is another one.
	 */
	void reload() {
		try {
			byte[] bytes = read();
			boolean changed = !Arrays.equals(bytes, this.loaded.bytes());
			if (changed) {
				this.loaded = load(bytes, this.loaded.sampler());
			}
			if (changed || this.problem != null) {
				this.problem = null;
				logger.info("Sampling goes by " + this.file.getDescription() + " as it is now: "
						+ this.loaded.sampler().getDescription());
			}
		}
		catch (IOException ex) {
			note(unreadable(ex));
		}
		catch (InvalidStrategiesException ex) {
			note("In it, " + ex.getMessage());
		}
		catch (RuntimeException ex) {
			note("It cannot be read: " + ex.getClass().getSimpleName() + ".");
		}
	}

	private void note(String message) {
		Problem before = this.problem;
		if (before == null || !before.message().equals(message)) {
			this.problem = new Problem(message, Instant.now());
			logger.warn("Sampling goes on by what was in " + this.file.getDescription() + " before. " + message);
		}
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		return this.loaded.sampler().shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
	}

	@Override
	public Map<String, Object> state() {
		Map<String, Object> state = new LinkedHashMap<>();
		state.put("file", this.file.getDescription());
		Loaded now = this.loaded;
		state.put("changed", now.since());
		state.put("strategies", now.sampler().strategies().describe());
		Problem last = this.problem;
		if (last != null) {
			state.put("problem", last.message());
			state.put("problemSince", last.since());
		}
		return state;
	}

	@Override
	public String getDescription() {
		return this.loaded.sampler().getDescription();
	}

	@Override
	public String toString() {
		return getDescription();
	}

	@Override
	public void close() {
		if (this.poll != null) {
			this.poll.close();
		}
	}

	private record Loaded(byte[] bytes, StrategySampler sampler, Instant since) {

	}

	private record Problem(String message, Instant since) {

	}

}
