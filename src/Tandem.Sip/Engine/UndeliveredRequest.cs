using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>Finds in the beginning of a request that came back which of our transactions sent it.</summary>
internal static class UndeliveredRequest
{
    /// <summary>
    /// Reads the method and the number in our branch; false when it is no request of ours or too little of it came back. We write our Via
    /// as the first header field.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> branchStart, out SipMethod method, out ulong id)
    {
        id = 0;
        method = SipMethod.Unknown;
        var space = datagram.IndexOf((byte)' ');
        var line = datagram.IndexOf("\r\n"u8);
        if (space <= 0 || line < 0)
            return false;

        method = SipMethods.Find(datagram[..space]);
        var via = datagram[(line + 2)..];
        line = via.IndexOf("\r\n"u8);
        if (line >= 0)
            via = via[..line];

        var at = via.IndexOf("branch="u8);
        if (!via.StartsWith("Via: "u8) || at < 0)
            return false;

        var branch = via[(at + 7)..];
        var end = branch.IndexOf((byte)';');
        return ClientTransactionTable.TryReadBranch(end < 0 ? branch : branch[..end], branchStart, out id, out _);
    }
}
