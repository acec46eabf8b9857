using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tandem.Server.Cli;

/// <summary>How commands print JSON.</summary>
public static class CliJson
{
    public static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
