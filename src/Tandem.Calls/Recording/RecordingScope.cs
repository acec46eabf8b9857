namespace Tandem.Calls.Recording;

/// <summary>For what a <see cref="RecordingRule"/> holds: <c>tenant</c>, or <c>extension:100</c>, <c>trunk:ID</c>, <c>queue:ID</c>, <c>room:800</c>.</summary>
public static class RecordingScope
{
    public const string Tenant = "tenant";

    private const string RoomKind = "room:";
    private const int LongestTarget = 64;

    private static readonly string[] Kinds = ["extension", "trunk", "queue", "room"];

    public static string Extension(string number) => "extension:" + number;

    public static string Trunk(string profile) => "trunk:" + profile;

    public static string Queue(string id) => "queue:" + id;

    public static string Room(string name) => RoomKind + name;

    /// <summary>True for the scope of a room.</summary>
    public static bool IsRoom(string scope) => scope.StartsWith(RoomKind, StringComparison.Ordinal);

    /// <summary>True for a text that is one.</summary>
    public static bool IsScope(string text)
    {
        var colon = text.IndexOf(':');
        return text == Tenant
            || (colon > 0 && Kinds.Contains(text[..colon]) && text.Length - colon - 1 is > 0 and <= LongestTarget && !text.AsSpan(colon + 1).ContainsAny(" :/\r\n\t"));
    }
}
