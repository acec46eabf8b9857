using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// The hold of one side that commands ask for. Commands may cross each other and the phones' own re-INVITEs: what is wanted last is what the
/// phone is brought to, one re-INVITE at a time, and who was overtaken hears so. On the call's shard.
/// </summary>
internal sealed class ExchangeHold(LiveCall call, CallSide held)
{
    private const int MostAttempts = 8;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly CallSide _holder = held == CallSide.Caller ? CallSide.Callee : CallSide.Caller;
    private CommandContext? _asked;
    private bool _isRunning;
    private bool _isOn;

    /// <summary>What was asked for last.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>Asks for another state than <see cref="IsWanted"/>.</summary>
    public void Want(bool on, CommandContext? asker)
    {
        _asked?.End(CommandOutcome.Cancelled, detail: "Another command took its place");
        _asked = asker;
        IsWanted = on;
        if (_isRunning)
            return;

        _isRunning = true;
        call.Start(RunAsync);
    }

    /// <summary>Takes the side back, whatever was asked for; false when its phone does not agree, or the call ended.</summary>
    public async ValueTask<bool> LiftAsync()
    {
        if (IsWanted)
            Want(false, null);
        while (_isRunning)
        {
            if (!await call.PauseAsync(LookInterval))
                return false;
        }

        return !_isOn && !call.IsOver;
    }

    private async Task RunAsync()
    {
        try
        {
            while (!call.IsOver && IsWanted != _isOn)
            {
                var wanted = IsWanted;
                var status = await ReachAsync(wanted);
                if (call.IsOver)
                    return;

                if (status == 200)
                    _isOn = wanted;
                else if (IsWanted == wanted)
                    IsWanted = _isOn; // refused, and nobody wants something else meanwhile
                if (status != 200 && IsWanted == _isOn)
                    End(CommandOutcome.Failed, status);
            }

            if (!call.IsOver)
                End(CommandOutcome.Done, 200);
        }
        finally
        {
            _isRunning = false;
        }
    }

    private void End(CommandOutcome outcome, int status)
    {
        _asked?.End(outcome, status);
        _asked = null;
    }

    // 200, or the status that stands for why not.
    private async ValueTask<int> ReachAsync(bool on)
    {
        for (var attempt = 1; ; attempt++)
        {
            while (call.Negotiation is not null)
            {
                if (!await call.PauseAsync(LookInterval))
                    return 487;
            }

            if (LegOf(held) is not { } leg || (LegOf(_holder) is null && !IsAlone))
                return 487;

            var status = await ReinviteAsync(leg, on);
            if (status != 491 || attempt == MostAttempts || IsWanted != on)
                return status;
            if (!await call.PauseAsync(NegotiationRules.GlarePause(leg, call.Environment.Random)))
                return 487;
        }
    }

    // The exchange itself is on the other side.
    private bool IsAlone => call.Callee is null && call.Person is { IsGone: false };

    private async ValueTask<int> ReinviteAsync(Leg leg, bool on)
    {
        var media = call.Model.Media!;
        var status = await ExchangeOffer.SendAsync(call, leg, Offer, () => media.Hold(_holder, _isOn));
        if (status == 200)
            call.UpdateMedia();
        if (status == 200 && !on && IsAlone)
            call.Person!.AfterHold?.Invoke();
        return status == ExchangeOffer.None ? 491 : status;

        MediaResult Offer()
        {
            media.Hold(_holder, on);
            return LegOf(_holder) is { } other ? media.Offer(_holder, other.LastSdp) : media.Create(held);
        }
    }

    private Leg? LegOf(CallSide side) =>
        (call.IsWhole || (IsAlone && side == held)) && (side == CallSide.Caller ? call.Caller : call.Callee) is { IsOver: false } leg && leg.Call == call ? leg : null;
}
