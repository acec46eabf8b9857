using System.Text.RegularExpressions;

namespace Tandem.Calls.Ivr;

/// <summary>One step of a flow. Immutable. A step that names no next one is the last of its flow.</summary>
/// <param name="Id">Its name in the flow.</param>
/// <param name="Kind">What it does, as the document says it: <c>play</c>, <c>menu</c> and so on.</param>
public abstract record IvrStep(string Id, string Kind)
{
    /// <summary>Where it goes on; null for the end of the flow.</summary>
    public string? Next { get; init; }

    /// <summary>True when it waits for the caller, so that a loop through it ends with them.</summary>
    public virtual bool Asks => false;

    /// <summary>The steps that it can lead to, by the field that says so; those that are null are left out.</summary>
    public IEnumerable<(string Field, string Step)> Links => Ways().Where(way => way.Step is not null).Select(way => (way.Field, way.Step!));

    private protected virtual IEnumerable<(string Field, string? Step)> Ways() => [("next", Next)];

    /// <summary><c>play</c>, <c>say</c>.</summary>
    public sealed record Play(string Id, string Kind, IvrPrompt Prompt, bool KeysStop) : IvrStep(Id, Kind);

    /// <summary><c>menu</c>: one key leads on.</summary>
    public sealed record Menu(string Id, IvrPrompt Prompt, IReadOnlyDictionary<char, string> Keys) : IvrStep(Id, "menu")
    {
        public required IvrPatience Patience { get; init; }

        public override bool Asks => true;

        private protected override IEnumerable<(string Field, string? Step)> Ways() => [.. Keys.Select(key => ($"keys.{key.Key}", (string?)key.Value)), .. Patience.Ways];
    }

    /// <summary><c>collect</c>: digits into a variable.</summary>
    public sealed record Collect(string Id, IvrPrompt? Prompt, string Into) : IvrStep(Id, "collect")
    {
        public required IvrPatience Patience { get; init; }

        /// <summary>Fewer are invalid.</summary>
        public int Min { get; init; } = 1;

        /// <summary>As many end the input.</summary>
        public int Max { get; init; } = 32;

        /// <summary>The key that ends it earlier; null for none.</summary>
        public char? Terminator { get; init; }

        /// <summary>From one key to the next.</summary>
        public TimeSpan Between { get; init; }

        /// <summary>Whether keys end the prompt.</summary>
        public bool KeysStop { get; init; } = true;

        /// <summary>The whole input must match; null for any.</summary>
        public Regex? Pattern { get; init; }

        /// <summary>The input is a secret: traces and events show stars.</summary>
        public bool IsSecret { get; init; }

        public override bool Asks => true;

        private protected override IEnumerable<(string Field, string? Step)> Ways() => [("next", Next), .. Patience.Ways];
    }

    /// <summary><c>branch</c>: the first case that holds leads on.</summary>
    public sealed record Branch(string Id, IReadOnlyList<(IvrCondition When, string? Step)> Cases) : IvrStep(Id, "branch")
    {
        private protected override IEnumerable<(string Field, string? Step)> Ways() => [.. Cases.Select((one, i) => ($"cases[{i}].next", one.Step)), ("otherwise", Next)];
    }

    /// <summary><c>http</c>: asks a web service.</summary>
    public sealed record Http(string Id, string Url) : IvrStep(Id, "http")
    {
        public bool IsPost { get; init; } = true;

        public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

        /// <summary>Variables that are taken from the answer: name and path, such as <c>customer.name</c>.</summary>
        public IReadOnlyDictionary<string, string> Save { get; init; } = new Dictionary<string, string>();

        /// <summary>What the caller hears meanwhile; null for silence.</summary>
        public IvrPrompt? Meanwhile { get; init; }

        /// <summary>No answer, a status of 400 or more, or no JSON; null for a failure of the flow.</summary>
        public string? OnError { get; init; }

        /// <summary>Steps that the answer may name; empty for any.</summary>
        public IReadOnlyList<string> MayLeadTo { get; init; } = [];

        private protected override IEnumerable<(string Field, string? Step)> Ways() => [("next", Next), ("onError", OnError), .. MayLeadTo.Select((step, i) => ($"mayLeadTo[{i}]", (string?)step))];
    }

    /// <summary><c>set</c>: variables.</summary>
    public sealed record Set(string Id, IReadOnlyList<(string Name, string Value)> Values) : IvrStep(Id, "set");

    /// <summary><c>transfer</c>, <c>queue</c>, <c>voicemail</c>, <c>conference</c>: the caller goes somewhere else; the flow goes on only when that fails.</summary>
    /// <param name="To">A destination in its text form, with variables.</param>
    public sealed record Transfer(string Id, string Kind, string To) : IvrStep(Id, Kind)
    {
        public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

        /// <summary>What the caller hears while it rings; null for a ring back tone.</summary>
        public IvrPrompt? Meanwhile { get; init; }

        /// <summary>A destination made of variables may lead outside, at the tenant's cost.</summary>
        public bool AllowOutside { get; init; }

        public string? OnBusy { get; init; }

        public string? OnNoAnswer { get; init; }

        public string? OnFailed { get; init; }

        private protected override IEnumerable<(string Field, string? Step)> Ways() => [("onBusy", OnBusy), ("onNoAnswer", OnNoAnswer), ("onFailed", OnFailed)];
    }

    /// <summary><c>record</c>: a message of the caller.</summary>
    public sealed record Record(string Id, IvrPrompt? Prompt, string Into) : IvrStep(Id, "record")
    {
        public TimeSpan MaxLength { get; init; } = TimeSpan.FromMinutes(3);

        public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(5);

        public string Terminators { get; init; } = "#";

        public string? OnFailed { get; init; }

        public override bool Asks => true;

        private protected override IEnumerable<(string Field, string? Step)> Ways() => [("next", Next), ("onFailed", OnFailed)];
    }

    /// <summary><c>language</c>: of what is played from now on.</summary>
    public sealed record Language(string Id, string Tag) : IvrStep(Id, "language");

    /// <summary><c>flow</c>: another flow, and then on.</summary>
    public sealed record SubFlow(string Id, string Flow) : IvrStep(Id, "flow");

    /// <summary><c>hangup</c>.</summary>
    public sealed record HangUp(string Id, IvrPrompt? Prompt) : IvrStep(Id, "hangup")
    {
        private protected override IEnumerable<(string Field, string? Step)> Ways() => [];
    }
}
