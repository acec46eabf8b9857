using System.Text;

namespace Tandem.Sip.Tests.Transport;

/// <summary>Cuts what a stream brings into messages without a body.</summary>
internal sealed class TestReader(Func<byte[], int> read)
{
    private readonly byte[] _buffer = new byte[4_096];
    private readonly StringBuilder _received = new();

    /// <summary>The next message with an empty body, or the next line end between messages.</summary>
    public string Take()
    {
        while (true)
        {
            var text = _received.ToString();
            var end = text.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (end != 3)
            {
                _received.Remove(0, end);
                return text[..end];
            }

            var length = read(_buffer);
            Assert.NotEqual(0, length);
            _received.Append(Encoding.ASCII.GetString(_buffer, 0, length));
        }
    }

    /// <summary>True when the far side has closed the connection and nothing is left to read.</summary>
    public bool IsEnded() => _received.Length == 0 && read(_buffer) == 0;
}
