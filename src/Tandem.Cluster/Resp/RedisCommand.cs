using System.Text;

namespace Tandem.Cluster.Resp;

/// <summary>A command and its arguments.</summary>
public readonly record struct RedisCommand(ReadOnlyMemory<byte>[] Parts)
{
    /// <summary>A command of texts.</summary>
    public static RedisCommand Of(params ReadOnlySpan<string> parts)
    {
        var encoded = new ReadOnlyMemory<byte>[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            encoded[i] = Encoding.UTF8.GetBytes(parts[i]);
        return new RedisCommand(encoded);
    }

    // Passwords are arguments of commands.
    public override string ToString() => Parts.Length > 0 ? Encoding.UTF8.GetString(Parts[0].Span) : "";
}
