package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class DiskFailureTest {

  @Test
  void tellsAFullDiskFromABrokenOne() throws Exception {
    assertThat(DiskFailure.of(error("true", "No space left on device")))
        .contains(new DiskFailure(true, "No space left on device"));
    assertThat(DiskFailure.of(error("false", "Disk quota exceeded")))
        .contains(new DiskFailure(false, "Disk quota exceeded"));
  }

  @Test
  void seesNoFailureInOtherEvents() throws Exception {
    assertThat(DiskFailure.of(new ObjectMapper().readTree("{\"event\": \"STOP\"}"))).isEmpty();
  }

  private static JsonNode error(String nospace, String reason) throws Exception {
    return new ObjectMapper()
        .readTree(
            """
            {"event": "BLOCK_IO_ERROR", "data": {"device": "", "node-name": "scratch",
              "operation": "write", "action": "stop", "nospace": %s, "reason": "%s"}}
            """
                .formatted(nospace, reason));
  }
}
