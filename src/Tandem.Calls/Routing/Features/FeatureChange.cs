namespace Tandem.Calls.Routing.Features;

/// <summary>What a feature code changes of the extension that dials it.</summary>
public enum FeatureChange
{
    ForwardOn,
    ForwardOff,
    DoNotDisturbOn,
    DoNotDisturbOff,
}

/// <summary>What the changes do, and how they are confirmed.</summary>
internal static class FeatureChanges
{
    /// <summary>The features after a change; null when it cannot be made.</summary>
    /// <param name="change">The change.</param>
    /// <param name="argument">The digits behind the code.</param>
    /// <param name="number">The extension.</param>
    /// <param name="before">What it had set.</param>
    public static ExtensionFeatures? Apply(FeatureChange change, string argument, string number, ExtensionFeatures before)
    {
        var after = change switch
        {
            FeatureChange.ForwardOn => argument == number ? null : before with { ForwardAlways = argument },
            FeatureChange.ForwardOff => before with { ForwardAlways = null },
            FeatureChange.DoNotDisturbOn => before with { DoNotDisturb = true },
            _ => before with { DoNotDisturb = false },
        };
        return after?.Problem() is null && (change != FeatureChange.ForwardOn || before.Allows(argument)) ? after : null;
    }

    /// <summary>The sound that confirms it.</summary>
    public static string Sound(FeatureChange change) => change switch
    {
        FeatureChange.ForwardOn => "forward-set",
        FeatureChange.ForwardOff => "forward-off",
        FeatureChange.DoNotDisturbOn => "dnd-on",
        _ => "dnd-off",
    };
}
