package dev.peer.core.junit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Opens XML from outside: no document type is read, and nothing leads out of the file. */
final class XmlText {

  private static final int HEAD = 256;
  private static final int BYTE_ORDER_MARK = 3;

  /** Some writers of .NET declare UTF-16 and write bytes of UTF-8. */
  private static final Pattern DECLARES_UTF_16 =
      Pattern.compile("^<\\?xml[^>]*encoding=[\"']utf-?16", Pattern.CASE_INSENSITIVE);

  private static final XMLInputFactory FACTORY = factory();

  private XmlText() {}

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    // These two count the text of a report itself. Entities of its own are never declared.
    factory.setProperty("jdk.xml.maxGeneralEntitySizeLimit", 0);
    factory.setProperty("jdk.xml.totalEntitySizeLimit", 0);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("nothing outside of a report is read");
        });
    return factory;
  }

  static XMLStreamReader open(InputStream in) throws IOException, XMLStreamException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(HEAD);
    byte[] head = buffered.readNBytes(HEAD);
    buffered.reset();
    int start = startsWithMark(head) ? BYTE_ORDER_MARK : 0;
    String text = new String(head, start, head.length - start, StandardCharsets.ISO_8859_1);
    if (DECLARES_UTF_16.matcher(text).find()) {
      buffered.skipNBytes(start);
      return FACTORY.createXMLStreamReader(
          new InputStreamReader(buffered, StandardCharsets.UTF_8.newDecoder()));
    }
    return FACTORY.createXMLStreamReader(buffered);
  }

  private static boolean startsWithMark(byte[] head) {
    return head.length >= BYTE_ORDER_MARK
        && head[0] == (byte) 0xEF
        && head[1] == (byte) 0xBB
        && head[2] == (byte) 0xBF;
  }
}
