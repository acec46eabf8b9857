using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// One transfer under way: the call from which a leg shall go, and the new call that it shall go to. Both live on the same shard. Until
/// the new call has the leg nothing happens to the old one, whoever fails; who asked for the transfer may hang up meanwhile.
/// </summary>
internal sealed class Transfer : ICallOrigin
{
    // The phone that asked may hang up by itself when it hears of the outcome; then it gets BYE.
    private static readonly TimeSpan PartingLimit = TimeSpan.FromSeconds(4);

    // Longer than the digits of a slot last.
    private static readonly TimeSpan AnnouncementLimit = TimeSpan.FromSeconds(6);

    private readonly IReferWatcher? _watcher;
    private LiveCall? _newCall;
    private CallEnding? _parting;
    private int _announcement;
    private bool _isTold;

    /// <param name="transferee">The leg that shall go, in a call that is answered.</param>
    /// <param name="transferor">The leg of who asked; null when the exchange itself serves the other one.</param>
    /// <param name="watcher">Hears of the progress; null for nobody.</param>
    /// <param name="offer">What the new call offers its target: the SDP of the leg that shall go there.</param>
    public Transfer(Leg transferee, Leg? transferor, IReferWatcher? watcher, ReadOnlyMemory<byte> offer)
    {
        From = transferee.Call;
        Transferor = transferor;
        Transferee = transferee;
        LastSdp = offer;
        _watcher = watcher;
    }

    /// <summary>The call that the leg is in; the new call once it has gone there and the old one is over.</summary>
    public LiveCall From { get; private set; }

    /// <summary>The leg of who asked; the one that has gone, once the old call is over. Null while the exchange serves the one who is to go.</summary>
    public Leg? Transferor { get; private set; }

    /// <summary>The leg that shall go.</summary>
    public Leg Transferee { get; }

    /// <summary>True once the leg has gone.</summary>
    public bool IsDone { get; private set; }

    public Sip.Messages.SipMessage? Request => null;

    public bool HasOffer => true;

    public ReadOnlyMemory<byte> LastSdp { get; }

    public MediaPeer? Peer => Transferee.Dialog is { } dialog ? Transferee.MediaPeerAt(dialog.Flow) : null;

    public string Uuid => Transferee.Uuid;

    public void Progress(int status, ReadOnlyMemory<byte> sdp, OutboundLeg fork) => _watcher?.Tell(status, isFinal: false);

    public void StopWaiting()
    {
    }

    /// <summary>The new call is there.</summary>
    public void Begin(LiveCall newCall)
    {
        _newCall = newCall;
        newCall.Ended = OnNewCallEnded;
        From.Transfer = this;
        _watcher?.Tell(100, isFinal: false);
    }

    /// <summary>Who asked has left: the other stays until the outcome, and <paramref name="ending"/> is for when it is a failure.</summary>
    public void Part(in CallEnding ending) => _parting = ending;

    /// <summary>What who asked hears once the leg has gone, before his transfer is told to be done; null for nothing.</summary>
    public Prompt? Announcement { get; init; }

    /// <summary>The leg is in the new call.</summary>
    public void Moved()
    {
        IsDone = true;
        From.Model.TransferTo(_newCall!.Model.Id, (Transferor ?? Transferee).Side, From.Now);
        if (!Announce())
            Close();
    }

    /// <summary>A sound of the old call is over.</summary>
    public void SoundEnded(int play)
    {
        if (play != 0 && Math.Abs(play) == _announcement)
            Close();
    }

    // A phone that has put the other one on hold hears nothing.
    private bool Announce()
    {
        var snapshot = From.Model.Snapshot;
        if (Transferor is null)
            return false;

        var isHolding = Transferor.Side == CallSide.Caller ? snapshot.HeldByCaller : snapshot.HeldByCallee;
        if (Announcement is not { } prompt || isHolding || Transferor.IsOver || From.IsOver || From.Model.Media is not { } media)
            return false;

        _announcement = media.Sound.Play(Transferor.Side, prompt, "", isLoop: false);
        From.Start(async () =>
        {
            await From.PauseAsync(AnnouncementLimit);
            Close();
        });
        return true;
    }

    private void Close()
    {
        if (_isTold)
            return;

        _isTold = true;
        _watcher?.Tell(200, isFinal: true);
        if (From.IsOver)
            return;
        if (_watcher is null || Transferor is null or { IsOver: true })
        {
            From.Post(new CallSignal(CallSignalKind.HandedOver));
            return;
        }

        var from = From;
        from.SetDeadline(PartingLimit);
        _watcher.WhenDelivered(() => from.Post(new CallSignal(CallSignalKind.HandedOver)));
    }

    /// <summary>The old call is over: with the leg in the new one that is what was wanted, else there is nobody to be transferred any more.</summary>
    public void OnCallEnded()
    {
        if (IsDone)
        {
            Close();

            // The new call holds this for as long as it lives: that must not hold the old call, and all those before it.
            From = _newCall!;
            Transferor = Transferee;
            return;
        }

        _watcher?.Tell(487, isFinal: true);
        _newCall?.Post(new CallSignal(CallSignalKind.Cancelled));
    }

    private void OnNewCallEnded(CallEnding ending)
    {
        if (IsDone)
            return;

        From.Transfer = null;
        _watcher?.Tell(ending.Verdict.SipStatus, isFinal: true);
        if (_parting is { } parting)
            From.End(parting);
    }
}
