package io.kosmos.samples.orchestrator;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The HTTP API of workflows, which are begun by a message to Zeus.
 */
@RestController
public class WorkflowController {

	private final Maintenances maintenances;

	public WorkflowController(Maintenances maintenances) {
		this.maintenances = maintenances;
	}

	/**
	 * Look a workflow up.
	 * @param id id of the run
	 * @return the workflow, status 404 if there is none
	 */
	@GetMapping("/api/v1/workflows/{id}")
	public Workflow workflow(@PathVariable String id) {
		return Workflow.of(find(id));
	}

	/**
	 * Decide on a workflow that waits for an approval.
	 * @param id id of the run
	 * @param approval the decision
	 * @return the workflow, which goes on by itself; status 404 if there is none, 409 if
	 * it does not wait
	 */
	@PostMapping("/api/v1/approvals/{id}")
	@ResponseStatus(HttpStatus.ACCEPTED)
	public Workflow decide(@PathVariable String id, @RequestBody Approval approval) {
		Maintenance maintenance = find(id);
		if (!maintenance.decide(verdict(approval))) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "The workflow does not wait for an approval");
		}
		return Workflow.of(maintenance);
	}

	private static String verdict(Approval approval) {
		return switch (String.valueOf(approval.decision())) {
			case "approve" -> Maintenance.APPROVED;
			case "reject" -> Maintenance.REJECTED;
			default -> throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "decision: must be approve or reject");
		};
	}

	private Maintenance find(String id) {
		return this.maintenances.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such workflow"));
	}

	/**
	 * A decision.
	 *
	 * @param decision {@code approve} or {@code reject}
	 */
	public record Approval(String decision) {
	}

}
