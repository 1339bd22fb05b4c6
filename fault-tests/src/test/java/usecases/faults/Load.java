package usecases.faults;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.SmartLifecycle;

/**
 * Ends spans at the rate it is told, below the actuator, whose own requests are not
 * traced.
 */
@WebEndpoint(id = "load")
public final class Load implements SmartLifecycle {

	private final Tracer tracer;

	private final NumberingSpanProcessor numbering;

	private volatile Job job = new Job("none", 0, 0, 0);

	private volatile Job begun = this.job;

	private volatile Job done = this.job;

	private volatile boolean running;

	private @Nullable Thread thread;

	Load(Tracer tracer, NumberingSpanProcessor numbering) {
		this.tracer = tracer;
		this.numbering = numbering;
	}

	/**
	 * Begin to end spans, or just look.
	 * @param perSecond how many a second, 0 for none from now on
	 * @param count how many in all
	 * @param name name of each
	 * @param bytes size of its attribute
	 * @return number of the next span and whether there is more to do
	 */
	@ReadOperation
	public Map<String, Object> load(@Nullable Integer perSecond, @Nullable Integer count, @Nullable String name,
			@Nullable Integer bytes) {
		if (perSecond != null) {
			this.job = new Job((name != null) ? name : "step", perSecond, (count != null) ? count : Integer.MAX_VALUE,
					(bytes != null) ? bytes : 0);
			while (this.begun != this.job && this.running) {
				LockSupport.parkNanos(1_000_000);
			}
		}
		return Map.of("next", this.numbering.next(), "busy", this.job.perSecond() > 0 && this.done != this.job);
	}

	private void run() {
		Job current = this.job;
		long begin = System.nanoTime();
		int made = 0;
		while (this.running) {
			if (current != this.job) {
				current = this.job;
				begin = System.nanoTime();
				made = 0;
				this.begun = current;
			}
			long due = Math.min(current.count(), (System.nanoTime() - begin) * current.perSecond() / 1_000_000_000);
			while (made < due && current == this.job && this.running) {
				end(current);
				made++;
			}
			if (made == current.count()) {
				this.done = current;
			}
			LockSupport.parkNanos(1_000_000);
		}
	}

	private void end(Job job) {
		Span span = this.tracer.spanBuilder(job.name()).startSpan();
		if (job.bytes() > 0) {
			byte[] payload = new byte[job.bytes()];
			Arrays.fill(payload, (byte) 'x');
			span.setAttribute("payload", new String(payload, StandardCharsets.ISO_8859_1));
		}
		span.end();
	}

	@Override
	public void start() {
		this.running = true;
		this.thread = new Thread(this::run, "load");
		this.thread.start();
	}

	@Override
	public void stop() {
		this.running = false;
		if (this.thread != null) {
			try {
				this.thread.join(1000);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private record Job(String name, int perSecond, int count, int bytes) {

	}

}
