using System.Text;

namespace Tandem.Testing.Wire;

/// <summary>Turns messages written as C# text into bytes of the wire.</summary>
public static class WireText
{
    /// <summary>The text as UTF-8 with CRLF line ends, however the source file has them.</summary>
    public static byte[] ToBytes(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));
}
