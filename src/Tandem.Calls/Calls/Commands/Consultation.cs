using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ports;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// An attended transfer that a program steers: one side of a call talks to a third party, which was rung by a call of its own, while its partner hears
/// music. The phones of the first call are told nothing; in the end the partner goes to the third party, or everything is as it was. Both calls live on one shard.
/// </summary>
internal sealed class Consultation
{
    private readonly LiveCall _first;
    private readonly Leg _consulter;
    private readonly Leg _partner;
    private readonly string _partnerNumber;
    private readonly TaskCompletionSource<bool> _end = new(); // who waits for it only posts to the shard
    private IMediaMix? _mix;
    private LiveCall? _second;
    private CommandContext? _completing;
    private int _partnerMusic;
    private int _thirdMusic;

    public Consultation(LiveCall first, Leg consulter)
    {
        _first = first;
        _consulter = consulter;
        _partner = first.Other(consulter);
        _partnerNumber = _partner.Number;
    }

    /// <summary>The third party has answered, and nobody has decided yet.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The consulting side talks to its partner meanwhile, and the third party hears music.</summary>
    public bool IsSwapped { get; private set; }

    /// <summary>The call of the third party rings.</summary>
    public void Begin(LiveCall second)
    {
        _second = second;
        _partnerMusic = Music(_first, _partner.Side);
    }

    /// <summary>The third party has answered; completes with how its call ends.</summary>
    public async ValueTask<CallEnding?> RunAsync(ServedCall third)
    {
        third.AtEnd(Close);
        if (_first.IsOver || _first.Environment.Media.OpenMix(_first.Model.Tenant, static _ => { }) is not { } mix)
            return CallEnding.For(EndReason.Overloaded, CallSide.Exchange, answered: true, "No place to talk");

        _mix = mix;
        mix.Join(_first.Model.Media!, _consulter.Side, MixSeat.Default);
        mix.Join(third.Call.Model.Media!, third.Side, MixSeat.Default);
        IsOpen = true;
        while (true)
        {
            var (isThere, _) = await third.WhileThereAsync(_end.Task);
            if (!isThere || _completing is not { } command)
                return null;

            Leave(third);
            var status = await third.TakeAsync(_partner, () => Moved(third.Call));
            if (status == 200)
            {
                _first.Control!.Consultation = null;
                _mix?.Close();
                _mix = null;
                command.End(CommandOutcome.Done, 200);
                _first.Post(new CallSignal(CallSignalKind.HandedOver));
                return await third.TalkAsync();
            }

            command.End(CommandOutcome.Failed, status);
            return CallEnding.For(EndReason.Cancelled, CallSide.Exchange, answered: true);
        }
    }

    /// <summary>The partner goes to the third party.</summary>
    public void Complete(CommandContext command)
    {
        IsOpen = false;
        _completing = command;
        _end.TrySetResult(true);
    }

    /// <summary>The third party is let go, or rings no longer; the other two talk again.</summary>
    public void Cancel() => _second?.HangUp(EndReason.Cancelled);

    /// <summary>Who of the two others the consulting side talks to.</summary>
    public void Swap()
    {
        IsSwapped = !IsSwapped;
        var first = _first.Model.Media!;
        if (IsSwapped)
        {
            _mix!.Leave(first, _consulter.Side);
            Stop(_first, ref _partnerMusic);
            _thirdMusic = Music(_second!, CallSide.Caller);
            return;
        }

        Stop(_second!, ref _thirdMusic);
        _partnerMusic = Music(_first, _partner.Side);
        _mix!.Join(first, _consulter.Side, MixSeat.Default);
    }

    /// <summary>The third party is gone, or never came: the other two talk again, where they are still there.</summary>
    public void Close()
    {
        IsOpen = false;
        if (_first.Control?.Consultation == this)
            _first.Control.Consultation = null;
        if (_mix is { } mix)
        {
            if (!_first.IsOver && _first.Model.Media is { } first)
                mix.Leave(first, _consulter.Side);
            mix.Close();
            _mix = null;
        }

        if (!_first.IsOver)
            Stop(_first, ref _partnerMusic);
    }

    private void Moved(LiveCall second)
    {
        _first.Model.TransferTo(second.Model.Id, _consulter.Side, _first.Now);
        second.Environment.Calls.Change(second, s => s with { CalleeNumber = _partnerNumber, TransferredBy = _consulter.Number, TransferredFrom = _first.Model.Id });

        // Who listened to the consulter here would whisper to the partner now, who has come to his side.
        var monitors = second.Environment.Monitors;
        foreach (var at in monitors.Of(second.Model.Tenant).Where(monitor => monitor.Call == second.Model.Id && monitor.Agent == _consulter.Number))
            monitors.Find(at.Tenant, at.Id)?.MoveTo(at.Agent, null);
    }

    private void Leave(ServedCall third)
    {
        _mix?.Leave(third.Call.Model.Media!, third.Side);
        if (_first.Model.Media is { } first && !_first.IsOver)
            _mix?.Leave(first, _consulter.Side);
        Stop(third.Call, ref _thirdMusic);
    }

    private static int Music(LiveCall call, CallSide side) => call.Model.Media!.Sound.Play(side, Prompt.Music(), "", isLoop: true);

    private static void Stop(LiveCall call, ref int music)
    {
        if (music != 0)
            call.Model.Media?.Sound.StopPlay(music);
        music = 0;
    }
}
