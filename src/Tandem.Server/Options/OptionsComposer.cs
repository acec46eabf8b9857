using System.Globalization;
using Tandem.Calls.Registrar;

namespace Tandem.Server.Options;

/// <summary>Fills in what the rooms' records take from the settings of the installation (<see cref="OptionsCatalog.Composed"/>).</summary>
public static class OptionsComposer
{
    public static TandemOptions Compose(TandemOptions options)
    {
        var server = options.Server;
        var first = int.Parse(server.ExtMin, CultureInfo.InvariantCulture);
        var last = int.Parse(server.ExtMax, CultureInfo.InvariantCulture);
        return options with
        {
            Calls = options.Calls with { FirstExtension = first, LastExtension = last },
            Registrar = options.Registrar with { Extensions = new ExtensionRange(first, last), Host = options.Calls.Domain.Length > 0 ? options.Calls.Domain : options.Registrar.Host },
            Security = options.Security with { RequireCredentials = server.EnableAuth },
        };
    }
}
