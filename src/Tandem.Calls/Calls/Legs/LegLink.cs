using Tandem.Calls.Calls.Headers;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// What dialogs and server transactions of a leg own. They outlive the call by up to 32 s; the leg, and with it the call, is
/// cut off as soon as it has said good-bye, and what still comes is answered here.
/// </summary>
internal sealed class LegLink(CallEnvironment environment, Leg leg) : IDialogUser
{
    /// <summary>The leg; null once it is cut off.</summary>
    public Leg? Leg { get; private set; } = leg;

    public string? Speaker => Leg?.Number;

    public bool Trusts(in SipFlow flow) => Leg?.Trunk is { } trunk && trunk.Trusts(flow);

    public bool Doubts(in SipFlow flow) => Leg?.Trunk is { } trunk && !trunk.IsProven(flow);

    public bool MayBeAt(in SipFlow flow) => Leg?.Trunk is not { } trunk || trunk.MayBeAt(flow.Remote);

    public void Cut() => Leg = null;

    /// <summary>A request in a dialog of the leg.</summary>
    public void OnRequest(SipMessage request, ServerTransaction server)
    {
        if (Leg is { } leg)
            leg.OnRequest(request, server);
        else
            Dismiss(request, server);
    }

    public void OnAck(SipMessage ack) => Leg?.OnAck(ack);

    public void OnCancelled(ServerTransaction server, SipMessage? cancel) => Leg?.OnCancelled(server, cancel);

    public void OnServerFailed(bool transport) => Leg?.OnServerFailed(transport);

    /// <summary>
    /// Answers a request in a dialog that is being ended (RFC 3261 §15.1.2): our BYE is under way, and theirs may cross it.
    /// </summary>
    public void Dismiss(SipMessage request, ServerTransaction server)
    {
        if (server.IsAnswered || server.Request is null)
            return;

        var isTaken = request.Method is SipMethod.Bye or SipMethod.Options or SipMethod.Prack;
        var response = server.Reply(isTaken ? 200 : 481);
        if (request.Method == SipMethod.Options)
            Capabilities.Write(response, environment.Engine);

        environment.Engine.Respond(server, response.Header(HeaderName.Server, environment.Options.Product), environment.Now);
    }
}
