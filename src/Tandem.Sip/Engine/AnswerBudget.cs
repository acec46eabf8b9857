using Tandem.Core.Buffers;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Engine;

/// <summary>
/// Keeps answers to strangers small: over UDP the source may be forged, and whoever gets our answer must not get much more than the
/// forger had to send. Fields that the client can do without are left out until the answer fits; what still does not fit is not
/// sent.
/// </summary>
internal static class AnswerBudget
{
    // In the order in which they go. Via, From, To, Call-ID, CSeq, one challenge, Retry-After and the rest of the head stay.
    private static readonly byte[][] Dispensable =
    [
        .. new[] { "Server: ", "Date: ", "Contact: ", "Supported: ", "Accept: ", "Allow: ", "Unsupported: " }.Select(System.Text.Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[][] Challenges = [.. new[] { "WWW-Authenticate: ", "Proxy-Authenticate: " }.Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>
    /// Takes the answer over, a message of our own writer without a body. Null when it cannot be made to fit into
    /// <paramref name="limit"/> bytes.
    /// </summary>
    public static PooledBuffer? Fit(PooledBuffer answer, int limit)
    {
        for (var i = 0; i < Challenges.Length && answer.Length > limit; i++)
            RemoveLines(answer, Challenges[i], keep: 1, limit);
        for (var i = 0; i < Dispensable.Length && answer.Length > limit; i++)
            RemoveLines(answer, Dispensable[i], keep: 0, limit);

        if (answer.Length <= limit)
            return answer;

        answer.Release();
        return null;
    }

    // From the last to the first: of several challenges the preferred one, which stands first, is kept.
    private static void RemoveLines(PooledBuffer answer, ReadOnlySpan<byte> start, int keep, int limit)
    {
        while (answer.Length > limit && FindLast(answer.Span, start, keep, out var at, out var length))
        {
            answer.Span[(at + length)..].CopyTo(answer.Array.AsSpan(at));
            answer.Length -= length;
        }
    }

    private static bool FindLast(ReadOnlySpan<byte> message, ReadOnlySpan<byte> start, int keep, out int at, out int length)
    {
        at = length = 0;
        var found = 0;
        var position = 0;
        while (true)
        {
            var line = message[position..];
            var end = line.IndexOf("\r\n"u8) + 2;
            if (end <= 2)
                return found > keep;

            if (line.StartsWith(start))
            {
                found++;
                at = position;
                length = end;
            }

            position += end;
        }
    }
}
