using System.Buffers.Text;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Transactions;

/// <summary>
/// The client transactions by the number in their branch (RFC 3261 §17.1.3). We make the branches, so the number, the
/// method and sent-by decide, and a branch that we did not write letter for letter has no number.
/// </summary>
internal sealed class ClientTransactionTable
{
    private const int IdDigits = 16;

    private readonly Dictionary<long, ClientTransaction> _byTag = [];

    public int Count => _byTag.Count;

    public void Add(ClientTransaction transaction) => _byTag.Add(transaction.Tag, transaction);

    public void Remove(ClientTransaction transaction) => _byTag.Remove(transaction.Tag);

    public bool Contains(ulong id) => _byTag.ContainsKey(ClientTransaction.TagOf(id, SipMethod.Invite));

    public ClientTransaction? Find(long tag) => _byTag.GetValueOrDefault(tag);

    /// <summary>The transaction of a response; null when there is none.</summary>
    public ClientTransaction? Find(SipMessage response, in ViaValue via, ReadOnlySpan<byte> branchStart)
    {
        if (!TryReadBranch(via.Branch, branchStart, out var id, out _))
            return null;

        var found = Find(ClientTransaction.TagOf(id, response.Method));
        if (found is null || found.Method != response.Method || found.CSeq != response.CSeq)
            return null;

        return found.SentBy.Matches(via) ? found : null;
    }

    /// <summary>Reads <c>start, 16 hex digits, ["-" 8 hex digits]</c>; false for a branch of another shape.</summary>
    public static bool TryReadBranch(ReadOnlySpan<byte> branch, ReadOnlySpan<byte> start, out ulong id, out uint loopKey)
    {
        id = 0;
        loopKey = 0;
        if (!branch.StartsWith(start))
            return false;

        var rest = branch[start.Length..];
        if (rest.Length < IdDigits || !Utf8Parser.TryParse(rest[..IdDigits], out id, out var used, 'x') || used != IdDigits)
            return false;

        rest = rest[IdDigits..];
        if (rest.Length == 0)
            return true;

        return rest.Length == 9 && rest[0] == '-' && Utf8Parser.TryParse(rest[1..], out loopKey, out used, 'x') && used == 8;
    }

    /// <summary>Writes a branch; returns its length, at most <paramref name="start"/> and 25 bytes.</summary>
    public static int WriteBranch(Span<byte> destination, ReadOnlySpan<byte> start, ulong id, uint loopKey)
    {
        start.CopyTo(destination);
        var at = start.Length;
        id.TryFormat(destination[at..], out var written, "x16");
        at += written;
        if (loopKey == 0)
            return at;

        destination[at++] = (byte)'-';
        loopKey.TryFormat(destination[at..], out written, "x8");
        return at + written;
    }
}
