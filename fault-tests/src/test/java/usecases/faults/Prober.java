package usecases.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A user of the application: asks it for work fifty times a second and notices how long
 * that takes.
 */
final class Prober implements AutoCloseable {

	private final ApplicationProcess application;

	private final List<Long> calm = Collections.synchronizedList(new ArrayList<>());

	private final List<Long> faulty = Collections.synchronizedList(new ArrayList<>());

	private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

	private final Thread thread = new Thread(this::run, "prober");

	private volatile boolean fault;

	private volatile boolean ended;

	private Prober(ApplicationProcess application) {
		this.application = application;
	}

	static Prober start(ApplicationProcess application) {
		Prober prober = new Prober(application);
		prober.thread.setDaemon(true);
		prober.thread.start();
		return prober;
	}

	/**
	 * Keep what follows apart.
	 * @param fault whether there is a fault
	 */
	void during(boolean fault) {
		this.fault = fault;
	}

	private void run() {
		while (!this.ended) {
			boolean duringFault = this.fault;
			long begin = System.nanoTime();
			try {
				int status = this.application.get("/work").statusCode();
				if (status != 200) {
					this.failures.add("status " + status);
				}
				(duringFault ? this.faulty : this.calm).add(System.nanoTime() - begin);
				Thread.sleep(20);
			}
			catch (IOException ex) {
				this.failures.add(ex.toString());
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	List<String> failures() {
		return this.failures;
	}

	/** Return the 99th percentile with the fault, in milliseconds, and without. */
	double faultyMillis() {
		return p99(this.faulty);
	}

	double calmMillis() {
		return p99(this.calm);
	}

	private static double p99(List<Long> nanos) {
		List<Long> sorted = new ArrayList<>(nanos);
		Collections.sort(sorted);
		return sorted.isEmpty() ? 0 : sorted.get((int) (sorted.size() * 0.99)) / 1e6;
	}

	@Override
	public void close() throws InterruptedException {
		this.ended = true;
		this.thread.join(25_000);
	}

}
