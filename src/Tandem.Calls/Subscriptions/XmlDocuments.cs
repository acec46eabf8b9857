using System.Buffers;
using System.Text;
using System.Xml;

namespace Tandem.Calls.Subscriptions;

/// <summary>
/// XML that we write and XML that we read. Names and numbers come from phones: what XML 1.0 cannot hold is replaced before the
/// writer sees it. Documents of phones are read without DTD, entities or anything from outside, and only to a depth and size.
/// </summary>
internal static class XmlDocuments
{
    private static readonly XmlWriterSettings Writing = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = false,
        CloseOutput = false,
    };

    /// <summary>Writes one document as UTF-8.</summary>
    public static byte[] Write(Action<XmlWriter> content)
    {
        using var stream = new MemoryStream(512);
        using (var writer = XmlWriter.Create(stream, Writing))
        {
            writer.WriteStartDocument();
            content(writer);
            writer.WriteEndDocument();
        }

        return stream.ToArray();
    }

    /// <summary>The text with U+FFFD for every character that XML 1.0 §2.2 does not allow.</summary>
    public static string Clean(string text)
    {
        var i = 0;
        while (i < text.Length && IsPlain(text[i]))
            i++;

        if (i == text.Length)
            return text;

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // EnumerateRunes has replaced lone surrogates already.
            if (rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value))
                clean.Append(rune.ToString());
            else
                clean.Append('\uFFFD');
        }

        return clean.ToString();
    }

    /// <summary>
    /// A reader over a document of a phone. It throws <see cref="XmlException"/> at the first thing that is not well-formed, and at a
    /// DTD; it never fetches anything and never expands an entity of its own.
    /// </summary>
    public static XmlReader Read(ReadOnlyMemory<byte> document) => XmlReader.Create(
        new MemoryStream(document.ToArray(), writable: false),
        new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
            MaxCharactersInDocument = document.Length,
            MaxCharactersFromEntities = 1_024,
        });

    private static bool IsPlain(char c) => c is (>= ' ' and < '\uD800') or '\t' or '\n';
}
