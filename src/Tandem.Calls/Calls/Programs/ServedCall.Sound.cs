using Tandem.Calls.Recording;
using Tandem.Core.Time;
using Tandem.Media.Recording;

namespace Tandem.Calls.Calls.Programs;

/// <summary>What a person hears and presses.</summary>
internal sealed partial class ServedCall
{
    private int _play;
    private bool _isPlayOver;
    private bool _hasPlayFailed;
    private bool _isLoop;
    private bool? _speaks;
    private Moment _quietSince;
    private bool _hasShownKey;

    /// <summary>What is read now is no secret: the world may be told the key that is waited for. Keys that come before somebody waits for them may be the start of a PIN, and are never told.</summary>
    public bool KeysAreOpen { get; set; }

    /// <summary>Whether the world may be told a key that has just come.</summary>
    public bool TakeOpenKey()
    {
        var isOpen = KeysAreOpen && _keys.Count == 0 && !_hasShownKey;
        _hasShownKey = true;
        return isOpen;
    }

    /// <summary>Plays a prompt to its end, or to the first key; keys that wait already end it before it begins. It ends what played before.</summary>
    /// <param name="prompt">What is played.</param>
    /// <param name="keysStop">False: keys are kept, and the prompt goes on.</param>
    public async ValueTask<PlayEnd> PlayAsync(Prompt prompt, bool keysStop = true)
    {
        if (IsGone)
            return PlayEnd.Gone;
        if (keysStop && _keys.Count > 0)
            return PlayEnd.Key;

        var play = Begin(prompt, isLoop: false);
        while (!IsGone)
        {
            if (_isPlayOver)
                return _hasPlayFailed ? PlayEnd.Failed : PlayEnd.Finished;
            if (keysStop && _keys.Count > 0)
            {
                Silence();
                return PlayEnd.Key;
            }

            _hasShownKey &= _keys.Count > 0;
            await ChangeAsync();
        }

        Sound.StopPlay(play);
        return PlayEnd.Gone;
    }

    /// <summary>Plays over and over, until something else is played, or <see cref="Silence"/>: music, ring back.</summary>
    /// <exception cref="ArgumentException">The prompt cannot be looped.</exception>
    public void Loop(Prompt prompt)
    {
        if (!prompt.MayLoop)
            throw new ArgumentException("one sound, tone or list of music can be looped", nameof(prompt));
        if (!IsGone)
            Begin(prompt, isLoop: true);
    }

    /// <summary>Ends what plays.</summary>
    public void Silence()
    {
        if (_play != 0 && !_isPlayOver && !IsGone)
            Sound.StopPlay(_play);
        _isPlayOver = true;
    }

    /// <summary>The next key: one that waits, or the first within <paramref name="wait"/>; null when none came or the person is gone.</summary>
    public async ValueTask<char?> KeyAsync(TimeSpan wait)
    {
        var due = Call.Now + wait;
        while (!IsGone)
        {
            if (_keys.TryDequeue(out var key))
                return key;
            if (Call.Now >= due)
                return null;

            _hasShownKey = false;
            await ChangeAsync(due);
        }

        return null;
    }

    /// <summary>Forgets the keys that wait.</summary>
    public void DropKeys() => _keys.Clear();

    /// <summary>Plays, and reads digits; what was typed before counts. Empty when nothing came, or the person is gone.</summary>
    public async ValueTask<string> ReadAsync(ReadOrder order)
    {
        if (order.Prompt is { } prompt)
            await PlayAsync(prompt, order.KeysStop);

        var digits = "";
        while (digits.Length < order.Max && await KeyAsync(digits.Length == 0 ? order.First : order.Between) is { } key && key != order.Terminator)
            digits += key;
        return digits;
    }

    /// <summary>
    /// Records a message of the person. Hanging up ends a message like any other end; null when none could be begun (no room, no sound).
    /// </summary>
    public async ValueTask<RecordedMessage?> RecordAsync(RecordOrder order)
    {
        if (order.Signal is { } signal)
            await PlayAsync(signal, keysStop: false);
        if (IsGone || !Sound.CanRecord)
            return null;

        DropKeys();
        var snapshot = Call.Model.Snapshot;
        var asked = new RecordingOrder(Tenant, snapshot.Id, snapshot.CallerNumber, snapshot.CalleeNumber, RecordingChannels.First) { Only = Side };
        var isOver = false;
        var post = Call.Environment.PostToShard;
        var recording = Sound.Record(
            asked,
            (_, _) => post(() =>
            {
                isOver = true;
                Changed();
            }),
            out _);
        if (recording is null)
            return null;

        _speaks = false;
        var hasSpeech = false;
        Sound.ReportSpeech(Side, true);
        var begun = Call.Now;
        _quietSince = begun;
        char? ender = null;
        while (!IsGone && !isOver && ender is null)
        {
            hasSpeech |= _speaks is true;
            var limit = begun + order.MaxLength;
            var quiet = order.SilenceEnd > TimeSpan.Zero && _speaks is not true ? _quietSince + order.SilenceEnd : limit;
            var due = quiet < limit ? quiet : limit;
            if (Call.Now >= due)
                break;

            await ChangeAsync(due);
            while (ender is null && _keys.TryDequeue(out var key))
                ender = order.Terminators.Contains(key, StringComparison.Ordinal) ? key : null;
        }

        hasSpeech |= _speaks is true;
        _speaks = null;
        var length = Call.Now - begun;
        if (!isOver)
            recording.Stop();
        if (!IsGone)
            Sound.ReportSpeech(Side, false);
        return new RecordedMessage(recording.Id, length, ender, hasSpeech);
    }

    private int Begin(Prompt prompt, bool isLoop)
    {
        _isPlayOver = false;
        _hasPlayFailed = false;
        _isLoop = isLoop;
        return _play = Sound.Play(Side, prompt, Language, isLoop);
    }

    private bool TakeSound(in CallSignal signal)
    {
        switch (signal.Kind)
        {
            case CallSignalKind.Key when signal.Side == Side && Call.Control is { Wait: not null } control:
                control.OnKey(Side, (char)signal.Status);
                return true;
            case CallSignalKind.Key when signal.Side == Side:
                TakeKey((char)signal.Status);
                return true;
            case CallSignalKind.SoundEnded when Math.Abs(signal.Status) == _play:
                _isPlayOver = true;
                _hasPlayFailed = signal.Status < 0;
                Changed();
                return true;
            case CallSignalKind.Speech when signal.Side == Side && _speaks is not null:
                _speaks = signal.Status != 0;
                _quietSince = Call.Now;
                Changed();
                return true;
            case CallSignalKind.SoundEnded:
                Call.Control?.Sounds.Over(signal.Status);
                return true;
            case CallSignalKind.Key or CallSignalKind.Speech or CallSignalKind.Woken:
                return true;
            default:
                return false;
        }
    }

    private void TakeKey(char key)
    {
        if (_ringing is { } ringing && ringing.Order.StopKeys.Contains(key, StringComparison.Ordinal))
            ringing.Stop(ConnectEnd.Key, key);
        else if (_keys.Count < MaxKeys)
            _keys.Enqueue(key);
        Changed();
    }
}
