namespace Tandem.Calls.Calls.Programs;

/// <summary>Digits that a person is to type.</summary>
public sealed record ReadOrder
{
    /// <summary>Played first; a key ends it. Null for nothing.</summary>
    public Prompt? Prompt { get; init; }

    /// <summary>As many end the reading. Default 32, and never more than that many are kept.</summary>
    public int Max { get; init; } = 32;

    /// <summary>The key that ends the reading before <see cref="Max"/>; null for none. It is not part of the digits. Default #.</summary>
    public char? Terminator { get; init; } = '#';

    /// <summary>From the end of the prompt to the first key. Default 7 s.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>From one key to the next. Default 4 s.</summary>
    public TimeSpan Between { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Whether keys end the prompt; otherwise they are kept until it is over. Default true.</summary>
    public bool KeysStop { get; init; } = true;
}
