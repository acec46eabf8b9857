using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>
/// Our address as a provider sees it (RFC 3581 §4, §9): it says so in the Via of each answer. Behind NAT that is another one than ours, and only
/// that one leads back.
/// </summary>
internal sealed class SeenAddress
{
    // A provider that sees another one each time is not followed for ever.
    private const int MostMoves = 3;

    private int _moves;

    /// <summary><c>address:port</c>; empty while it is our own.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where we are reached from there.</summary>
    public string HostAndPort(SipAddressing addressing, in SipFlow target) => Text.Length > 0 ? Text : addressing.HostAndPort(target);

    /// <summary>Reads an answer. True when it is another address than before, which the provider should be told.</summary>
    public bool Learn(SipMessage response, ClientTransaction transaction, SipAddressing addressing)
    {
        var target = transaction.Target;
        if (!response.TryGetTopVia(out var via) || via.Received.Length == 0
            || !NetAddress.TryParse(via.Received, via.Rport > 0 ? via.Rport : via.Port > 0 ? via.Port : SipAddressing.DefaultPort(target.Transport), out var seen)
            || seen.IsUnspecified)
            return false;

        var address = seen.Port > 0 ? $"{seen.SipHostText()}:{seen.Port}" : seen.SipHostText();
        var ours = addressing.HostAndPort(target);
        var known = Text.Length > 0 ? Text : ours;
        if (address == known || (target.IsReliable && HostOf(ours) == seen.SipHostText()))
        {
            _moves = 0;
            return false;
        }

        Text = address == ours ? "" : address;
        return ++_moves <= MostMoves;
    }

    private static string HostOf(string hostAndPort) => hostAndPort[..hostAndPort.LastIndexOf(':')];
}
