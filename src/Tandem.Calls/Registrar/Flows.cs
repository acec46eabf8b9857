using System.Text;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Registrar;

/// <summary>What becomes of a binding whose connection is gone.</summary>
internal static class Flows
{
    /// <summary>
    /// The binding without its connection. Datagrams need none. A flow of outbound is lost (RFC 5626 §5.3: no other way may be used), and so
    /// is a contact behind NAT, or one that cannot be called. Any other stream contact gets a new connection to the address that it
    /// names (RFC 3261 §18.1.1), never to the port that the old one came from.
    /// </summary>
    public static Binding WithoutConnection(Binding binding)
    {
        var flow = binding.Flow with { Connection = 0 };
        if (!flow.IsReliable)
            return binding with { Flow = flow };

        // The flow of a phone behind a proxy is the proxy's affair: it is called, over any connection.
        if (binding.Path.Count > 0)
            return binding with { Flow = TryPath(binding.Path[0], out var edge) ? edge with { Local = flow.Local } : flow };

        return !binding.IsOutbound && !binding.BehindNat && TryContact(binding, out var target)
            ? binding with { Flow = target with { Local = flow.Local }, IsLost = false }
            : binding with { Flow = flow, IsLost = true };
    }

    private static bool TryPath(string path, out SipFlow target)
    {
        target = default;
        return NameAddrValue.TryParse(Encoding.UTF8.GetBytes(path), out var entry) && SipTargets.TryResolve(entry.Uri, out target);
    }

    // A browser takes no connections (RFC 7118 §5).
    private static bool TryContact(Binding binding, out SipFlow target) =>
        SipTargets.TryResolve(Encoding.UTF8.GetBytes(binding.ContactUri), out target)
        && binding.Flow.Transport is not (SipTransportKind.Ws or SipTransportKind.Wss)
        && target.Transport is not (SipTransportKind.Ws or SipTransportKind.Wss);
}
