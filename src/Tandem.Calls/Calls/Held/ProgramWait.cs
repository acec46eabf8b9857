using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Calls.Held;

/// <summary>
/// A caller whom a program of the tenant is to deal with: not answered yet, or connected to the exchange alone. Commands say what happens next.
/// On the call's shard.
/// </summary>
internal sealed class ProgramWait(LiveCall call, string name)
{
    private HeldOrder? _onward;

    /// <summary>The name behind <c>api:</c>.</summary>
    public string Name => name;

    /// <summary>A program has given a command: somebody is there.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>The caller was told that it rings.</summary>
    public bool IsRinging { get; private set; }

    /// <summary>Our session description that the caller got before the answer; empty for none.</summary>
    public ReadOnlyMemory<byte> Early { get; private set; }

    /// <summary>The command that wants the call answered; null for none.</summary>
    public CommandContext? Answering { get; private set; }

    /// <summary>The caller, once they are connected to the exchange.</summary>
    public ServedCall? Person { get; set; }

    /// <summary>True when the caller is to go somewhere else.</summary>
    public bool HasOrder => _onward is not null;

    /// <summary>A command was accepted.</summary>
    public void Touch()
    {
        IsTaken = true;
        Wake();
    }

    /// <summary>180 to the caller (RFC 3261 §13.3.1.1).</summary>
    public void Ring()
    {
        IsRinging = true;
        call.Model.Ring(call.Now);
        ((InboundLeg)call.Caller).Ring(180, default);
    }

    /// <summary>The call is to be answered.</summary>
    public void Answer(CommandContext command) => Answering = command;

    /// <summary>The caller is to go somewhere else.</summary>
    public void Go(HeldOrder order) => _onward = order;

    /// <summary>Where the caller is to go, once; null for nowhere.</summary>
    public HeldOrder? TakeOrder()
    {
        var order = _onward;
        _onward = null;
        return order;
    }

    /// <summary>
    /// Opens the way of the sound before the answer: 183 with a session of ours (RFC 3960 §3.2). Null, or why there is none. Who has heard something of the
    /// exchange has an answer to his offer, which no other phone can give any more: he is answered before he goes on.
    /// </summary>
    public string? OpenEarly()
    {
        if (!Early.IsEmpty)
            return null;
        if (call.Caller is not InboundLeg { HasOffer: true } leg)
            return "The caller made no offer: there is no sound before the answer";
        if (MediaOpening.Open(call) is { } refusal)
            return refusal.Verdict.Text;

        var described = call.Model.Media!.Accept(CallSide.Caller, leg.LastSdp);
        if (!described.IsAccepted)
            return described.Text;

        Early = described.Sdp;
        IsRinging = true;
        call.Model.Ring(call.Now);
        leg.Ring(183, Early);
        return null;
    }

    private void Wake()
    {
        if (Person is { } person)
            person.Wake();
        else
            call.Post(new CallSignal(CallSignalKind.Woken));
    }
}
