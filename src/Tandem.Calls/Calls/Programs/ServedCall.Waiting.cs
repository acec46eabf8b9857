namespace Tandem.Calls.Calls.Programs;

/// <summary>How a person waits for more than a key.</summary>
internal sealed partial class ServedCall
{
    /// <summary>How often the person was sent on from one service to another; whoever sends on looks first.</summary>
    public int Onward { get; set; }

    /// <summary>
    /// What is to be done when a command has taken the person back from hold, after the music of the hold; null while the program that serves them goes on whoever holds, so that they cannot
    /// be held.
    /// </summary>
    public Action? AfterHold { get; set; }

    /// <summary>Has whoever waits look again; from any thread.</summary>
    public void Wake() => Call.Environment.PostToShard(Changed);

    /// <summary>True while a prompt goes on that will end by itself.</summary>
    public bool IsSpokenTo => _play != 0 && !_isPlayOver && !_isLoop;

    /// <summary>Waits while a prompt goes on that was begun before. The key that came, which ends it; null when <paramref name="until"/> became true first, at the end, or when the person is gone.</summary>
    public async ValueTask<char?> HearOutAsync(Func<bool> until)
    {
        while (!IsGone && IsSpokenTo && _keys.Count == 0 && !until())
            await ChangeAsync();
        if (IsGone || until() || !_keys.TryDequeue(out var key))
            return null;

        Silence();
        return key;
    }

    /// <summary>
    /// Plays a prompt, and waits. The key that came; null when none did in time, when <paramref name="until"/> became true at a <see cref="Wake"/>, or the person is gone.
    /// What plays goes on when it is <paramref name="until"/> that ended it, a key ends it.
    /// </summary>
    /// <param name="prompt">What is played first; null for nothing: what plays goes on.</param>
    /// <param name="wait">How long is waited behind the prompt.</param>
    /// <param name="until">What else ends the wait.</param>
    public async ValueTask<char?> ListenAsync(Prompt? prompt, TimeSpan wait, Func<bool> until)
    {
        if (prompt is not null && !IsGone && _keys.Count == 0 && !until())
            Begin(prompt, isLoop: false);
        while (prompt is not null && !IsGone && !_isPlayOver && _keys.Count == 0 && !until())
            await ChangeAsync();

        var due = Call.Now + wait;
        while (!IsGone && !until())
        {
            if (_keys.TryDequeue(out var key))
            {
                if (prompt is not null)
                    Silence();
                return key;
            }

            if (Call.Now >= due)
                return null;

            await ChangeAsync(due);
        }

        return null;
    }
}
