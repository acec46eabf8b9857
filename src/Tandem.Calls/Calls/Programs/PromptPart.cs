namespace Tandem.Calls.Calls.Programs;

/// <summary>One piece of a <see cref="Prompt"/>.</summary>
public abstract record PromptPart
{
    private PromptPart()
    {
    }

    /// <summary>True when it can be looped on its own.</summary>
    internal virtual bool MayLoop => false;

    /// <summary>A sound of the tenant's library by its name, or a built-in one.</summary>
    public sealed record Sound(string Name) : PromptPart
    {
        internal override bool MayLoop => true;

        /// <inheritdoc/>
        public override string ToString() => Name;
    }

    /// <summary>A whole number as a person says it.</summary>
    public sealed record Number(long Value) : PromptPart
    {
        /// <inheritdoc/>
        public override string ToString() => $"number:{Value}";
    }

    /// <summary>Digits and letters one by one.</summary>
    public sealed record Spelled(string Text) : PromptPart
    {
        /// <inheritdoc/>
        public override string ToString() => $"spell:{Text}";
    }

    /// <summary>
    /// A tone: <c>beep</c>, <c>error</c>, one of the country (<c>dial</c>, <c>ringback</c>, <c>busy</c>, <c>congestion</c>, <c>information</c>, <c>waiting</c>), or a pattern such as
    /// <c>440+480/2000,0/4000</c>.
    /// </summary>
    public sealed record Tone(string Name) : PromptPart
    {
        internal override bool MayLoop => true;

        /// <inheritdoc/>
        public override string ToString() => $"tone:{Name}";
    }

    /// <summary>A recording of the tenant: a message, a greeting. It has no text that anybody could write into a flow.</summary>
    internal sealed record Recording(string Id) : PromptPart
    {
        /// <inheritdoc/>
        public override string ToString() => $"recording:{Id}";
    }

    /// <summary>Nothing for a while.</summary>
    public sealed record Silence(TimeSpan Length) : PromptPart
    {
        /// <inheritdoc/>
        public override string ToString() => $"silence:{(long)Length.TotalMilliseconds}";
    }

    /// <summary>Free text, spoken by a program of this machine where there is one.</summary>
    public sealed record Speech(string Text) : PromptPart
    {
        /// <inheritdoc/>
        public override string ToString() => $"say:{Text}";
    }

    /// <summary>A list of music; it is the only part of its prompt.</summary>
    public sealed record Music(string List) : PromptPart
    {
        internal override bool MayLoop => true;

        /// <inheritdoc/>
        public override string ToString() => $"music:{List}";
    }
}
