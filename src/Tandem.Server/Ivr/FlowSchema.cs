namespace Tandem.Server.Ivr;

/// <summary>The JSON Schema of flows; docs/ivr.schema.json is the same file.</summary>
public static class FlowSchema
{
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>The schema.</summary>
    public static string Text => Loaded.Value;

    private static string Load()
    {
        using var stream = typeof(FlowSchema).Assembly.GetManifestResourceStream("ivr.schema.json") ?? throw new InvalidOperationException("the schema is not in this assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
