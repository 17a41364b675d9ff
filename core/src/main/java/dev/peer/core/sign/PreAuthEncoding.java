package dev.peer.core.sign;

import java.nio.charset.StandardCharsets;

/** The bytes that a DSSE signature covers: the payload's type and bytes, framed unambiguously. */
final class PreAuthEncoding {

  private PreAuthEncoding() {}

  /** {@code DSSEv1 LENGTH TYPE LENGTH PAYLOAD}, lengths in bytes and decimal. */
  static byte[] of(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("DSSEv1 " + type.length + " " + payloadType + " " + payload.length + " ")
            .getBytes(StandardCharsets.UTF_8);
    byte[] whole = new byte[head.length + payload.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(payload, 0, whole, head.length, payload.length);
    return whole;
  }
}
