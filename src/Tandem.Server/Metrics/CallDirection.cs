using Tandem.Calls.Calls;

namespace Tandem.Server.Metrics;

/// <summary>Which way a call goes, in document 3's words, and <c>internal</c> for what it does not know: a call between two extensions.</summary>
internal static class CallDirection
{
    public const string Internal = "internal";

    /// <summary>The direction of a call.</summary>
    public static string Of(CallSnapshot call) => call.CallerNumber.Length > 0 ? Internal : "incoming";
}
