namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// What commands changed of a call, which of them still run, and who takes the call over. Only few calls have one. On the call's shard.
/// </summary>
internal sealed class CallControl(LiveCall call)
{
    // More than any program needs at a time; each holds a little memory until it ends.
    private const int MostRunning = 32;

    // Who asks for more of them has forgotten the first ones.
    private const int MostSecrets = 8;

    private readonly List<CommandContext> _running = [];
    private List<(string Command, string Digits)>? _secrets;
    private CommandSounds? _sounds;
    private DigitCollection? _callerDigits;
    private DigitCollection? _calleeDigits;
    private int _callerMusic;
    private int _calleeMusic;
    private ExchangeHold? _callerHold;
    private ExchangeHold? _calleeHold;

    /// <summary>Nobody hears the caller.</summary>
    public bool CallerMuted { get; private set; }

    /// <summary>Nobody hears the callee.</summary>
    public bool CalleeMuted { get; private set; }

    /// <summary>Both hear music instead of each other.</summary>
    public bool IsParted { get; set; }

    /// <summary>What commands play.</summary>
    public CommandSounds Sounds => _sounds ??= new CommandSounds();

    /// <summary>The program that is to deal with the call, or deals with it; null for none.</summary>
    public Held.ProgramWait? Wait { get; set; }

    /// <summary>The program that deals with the caller has sent them on, and it rings there: until that is decided they go nowhere else.</summary>
    public bool IsOnTheWay { get; set; }

    /// <summary>The attended transfer that is under way; null for none.</summary>
    public Consultation? Consultation { get; set; }

    /// <summary>Its person waits for another call to fetch him; null for none.</summary>
    public Parking.WaitingPerson? Waiting { get; set; }

    /// <summary>Who takes the call while it rings elsewhere; null for nobody.</summary>
    public Parking.PickupClaim? Pickup { get; set; }

    /// <summary>The number whose phone took the call that rang elsewhere; null while none did.</summary>
    public string? TakenBy { get; set; }

    /// <summary>The call as commands see it.</summary>
    public static CallControlState StateOf(LiveCall call) =>
        new(call.Model.Snapshot, call.Control is { CallerMuted: true }, call.Control is { CalleeMuted: true }, call.Control is { IsParted: true }, call.Control?.Wait?.Name);

    /// <summary>The hold of a side that commands ask for.</summary>
    public ExchangeHold HoldOf(CallSide held) => held == CallSide.Caller
        ? _callerHold ??= new ExchangeHold(call, held)
        : _calleeHold ??= new ExchangeHold(call, held);

    /// <summary>The same, if there ever was one.</summary>
    public ExchangeHold? FindHold(CallSide held) => held == CallSide.Caller ? _callerHold : _calleeHold;

    /// <summary>Notes who is muted; the media is told by who asks.</summary>
    public void Mute(CallSide side, bool isMuted)
    {
        if (side == CallSide.Caller)
            CallerMuted = isMuted;
        else
            CalleeMuted = isMuted;
    }

    /// <summary>Notes the music of a side that is parted from the other.</summary>
    public void Music(CallSide side, int play)
    {
        if (side == CallSide.Caller)
            _callerMusic = play;
        else
            _calleeMusic = play;
    }

    /// <summary>The music of a side, once; 0 for none.</summary>
    public int TakeMusic(CallSide side)
    {
        var play = side == CallSide.Caller ? _callerMusic : _calleeMusic;
        Music(side, 0);
        return play;
    }

    /// <summary>True while keys of a side are read for a command.</summary>
    public bool IsCollecting(CallSide side) => (side == CallSide.Caller ? _callerDigits : _calleeDigits) is { IsOver: false };

    /// <summary>True while they are a secret.</summary>
    public bool IsCollectingSecret(CallSide side) => (side == CallSide.Caller ? _callerDigits : _calleeDigits) is { IsOver: false, IsSecret: true };

    /// <summary>Keeps what was typed in secret for who asked for it; of many the newest.</summary>
    public void Keep(string command, string digits)
    {
        _secrets ??= [];
        if (_secrets.Count == MostSecrets)
            _secrets.RemoveAt(0);
        _secrets.Add((command, digits));
    }

    /// <summary>What was typed for a command, once; null for nothing.</summary>
    public string? TakeSecret(string command)
    {
        var at = _secrets?.FindIndex(secret => secret.Command == command) ?? -1;
        if (at < 0)
            return null;

        var digits = _secrets![at].Digits;
        _secrets.RemoveAt(at);
        return digits;
    }

    /// <summary>Keys of a side are read from now on.</summary>
    public void Collect(CallSide side, DigitCollection digits)
    {
        if (side == CallSide.Caller)
            _callerDigits = digits;
        else
            _calleeDigits = digits;
    }

    /// <summary>A side pressed a key.</summary>
    public void OnKey(CallSide side, char key) => (side == CallSide.Caller ? _callerDigits : _calleeDigits)?.Take(key);

    /// <summary>Notes that a command goes on after its reply; false when too many do.</summary>
    public bool TryRun(CommandContext command)
    {
        if (_running.Count >= MostRunning)
            return false;

        _running.Add(command);
        return true;
    }

    /// <summary>It has ended.</summary>
    public void Forget(CommandContext command) => _running.Remove(command);

    /// <summary>The call is over: what still ran is told so, before the world hears of the end.</summary>
    public void OnCallEnded()
    {
        _callerDigits?.Drop();
        _calleeDigits?.Drop();
        Consultation?.Cancel();
        Pickup?.Fail();
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            if (i < _running.Count)
                _running[i].End(CommandOutcome.Cancelled, detail: "The call ended");
        }
    }
}
