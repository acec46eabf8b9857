using System.Buffers;
using System.Runtime.CompilerServices;
using Tandem.Core.Buffers;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Parsing;

/// <summary>
/// Reads one whole SIP message (RFC 3261 §7, §25). Everything that decides where a message goes is checked here: start
/// line, header syntax, the headers that identify it, Contact and the length of the body. Other values are read on demand.
/// </summary>
public static class SipParser
{
    private const int ScratchHeaders = 128;

    /// <summary>
    /// Parses the bytes of <paramref name="buffer"/>: one datagram, or one message that <see cref="SipStreamFramer"/> cut
    /// out. Takes over one reference of it (the message has it, or it is released when null is returned). Never throws.
    /// <para>
    /// A request may come back together with a rejection: then its top Via and CSeq are there to address an answer
    /// (<see cref="SipRejections.AnswerFor(SipRejection)"/>). A rejected response or ACK, which nobody answers, is null.
    /// </para>
    /// </summary>
    [SkipLocalsInit]
    public static SipRejection Parse(PooledBuffer buffer, SipLimits limits, out SipMessage? message)
    {
        message = null;
        HeaderField[]? rented = null;
        Span<HeaderField> scratch = limits.MaxHeaders <= ScratchHeaders
            ? stackalloc HeaderField[ScratchHeaders]
            : (rented = ArrayPool<HeaderField>.Shared.Rent(limits.MaxHeaders));
        try
        {
            var state = new ParseState(buffer.Array.AsSpan(0, buffer.Length), limits, scratch[..limits.MaxHeaders]);
            var rejection = state.Run();
            if (state.IsAnswerable(rejection))
                message = state.Build(buffer);
            else
                buffer.Release();

            return rejection;
        }
        finally
        {
            if (rented is not null)
                ArrayPool<HeaderField>.Shared.Return(rented);
        }
    }

    /// <summary>True for a datagram of nothing but CR and LF: a keep-alive, which is no message (RFC 5626 §3.5.1, RFC 3261 §7.5).</summary>
    public static bool IsKeepAlive(ReadOnlySpan<byte> datagram) => datagram.IndexOfAnyExcept((byte)'\r', (byte)'\n') < 0;
}
