namespace Tandem.Calls.Routing.Rules;

/// <summary>The contexts that calls have unless something else is said.</summary>
public static class RuleContexts
{
    /// <summary>Calls of phones of the tenant.</summary>
    public const string Inside = "inside";

    /// <summary>Calls that come by its providers.</summary>
    public const string Outside = "outside";
}
