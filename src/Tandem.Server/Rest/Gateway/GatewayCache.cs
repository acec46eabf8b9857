using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Tandem.Server.Hosting;
using Tandem.Storage.Gateway;

namespace Tandem.Server.Rest.Gateway;

/// <summary>
/// Records of calls and sessions where document 3 has them besides the database: <c>call:&lt;id&gt;</c> and <c>session:&lt;id&gt;</c> in Redis, in the shape of the API. The key of a call goes
/// when it ends.
/// </summary>
public sealed class GatewayCache(ClusterPresence cluster, IOptions<JsonOptions> json)
{
    /// <summary>False where there is no Redis.</summary>
    public bool IsOn => cluster.Node is not null;

    /// <summary>Keeps a record that was made or changed.</summary>
    public void Keep(GatewayCall call)
    {
        if (call.IsActive)
            cluster.Node?.Keep(CallKey(call.Id), Bytes(GatewayCallView.From(call)));
        else
            cluster.Node?.Drop(CallKey(call.Id));
    }

    /// <summary>Keeps a session that was made or has ended.</summary>
    public void Keep(GatewaySession session) => cluster.Node?.Keep($"session:{session.SessionId}", Bytes(session));

    private static string CallKey(string id) => $"call:{id}";

    private byte[] Bytes<T>(T document) => JsonSerializer.SerializeToUtf8Bytes(document, json.Value.SerializerOptions);
}
