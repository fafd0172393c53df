"""The measurement families that every PIM is born with. Only the table; catalogues may add families of their own.

One line a family: `Family STANDARD_UNIT`, then its units as `CODE symbol operations`, where an operation turns the unit into
the standard one (`*` mul, `/` div, `+` add, `-` sub). Source: Akeneo's published list of standard units.
"""

from collections.abc import Iterator

from sandbox.pim.pim_database import Doc

_OPERATORS = {"*": "mul", "/": "div", "+": "add", "-": "sub"}

_TABLE = """
Area SQUARE_METER: SQUARE_MILLIMETER mm² *0.000001; SQUARE_CENTIMETER cm² *0.0001; SQUARE_DECIMETER dm² *0.01;
 SQUARE_METER m² *1; CENTIARE ca *1; SQUARE_DEKAMETER dam² *100; ARE a *100; SQUARE_HECTOMETER hm² *10000; HECTARE ha
 *10000; SQUARE_KILOMETER km² *1000000; SQUARE_MIL sq_mil *0.00000000064516; SQUARE_INCH in² *0.00064516; SQUARE_FOOT
 ft² *0.09290304; SQUARE_YARD yd² *0.83612736; ARPENT arpent *3418.89; ACRE A *4046.856422; SQUARE_FURLONG fur²
 *40468.726; SQUARE_MILE mi² *2589988.110336
Binary BYTE: BIT b *0.125; BYTE B *1; KILOBYTE kB *1024; MEGABYTE MB *1048576; GIGABYTE GB *1073741824; TERABYTE TB
 *1099511627776
Decibel DECIBEL: DECIBEL dB *1
Frequency HERTZ: HERTZ Hz *1; KILOHERTZ kHz *1000; MEGAHERTZ MHz *1000000; GIGAHERTZ GHz *1000000000; TERAHERTZ THz
 *1000000000000
Length METER: MILLIMETER mm *0.001; CENTIMETER cm *0.01; DECIMETER dm *0.1; METER m *1; DEKAMETER dam *10; HECTOMETER
 hm *100; KILOMETER km *1000; MIL mil *0.0000254; INCH in *0.0254; FEET ft *0.3048; YARD yd *0.9144; CHAIN ch
 *20.1168; FURLONG fur *201.168; MILE mi *1609.344
Power WATT: WATT W *1; KILOWATT kW *1000; MEGAWATT MW *1000000; GIGAWATT GW *1000000000; TERAWATT TW *1000000000000
Voltage VOLT: MILLIVOLT mV *0.001; CENTIVOLT cV *0.01; DECIVOLT dV *0.1; VOLT V *1; DEKAVOLT daV *10; HECTOVOLT hV
 *100; KILOVOLT kV *1000
Intensity AMPERE: MILLIAMPERE mA *0.001; CENTIAMPERE cA *0.01; DECIAMPERE dA *0.1; AMPERE A *1; DEKAMPERE daA *10;
 HECTOAMPERE hA *100; KILOAMPERE kA *1000
Resistance OHM: MILLIOHM mΩ *0.001; CENTIOHM cΩ *0.01; DECIOHM dΩ *0.1; OHM Ω *1; DEKAOHM daΩ *10; HECTOHM hΩ *100;
 KILOHM kΩ *1000; MEGOHM MΩ *1000000
Speed METER_PER_SECOND: METER_PER_SECOND m/s *1; METER_PER_MINUTE m/mn /60; METER_PER_HOUR m/h *1 /3600;
 KILOMETER_PER_HOUR km/h *1000 /3600; FOOT_PER_SECOND ft/s *0.3048; FOOT_PER_HOUR ft/h *0.3048 /3600; YARD_PER_HOUR
 yd/h *0.9144 /3600; MILE_PER_HOUR mi/h *1609.344 /3600
ElectricCharge AMPEREHOUR: MILLIAMPEREHOUR mAh *0.001; AMPEREHOUR Ah *1; MILLICOULOMB mC /3600000; CENTICOULOMB cC
 /360000; DECICOULOMB dC /36000; COULOMB C /3600; DEKACOULOMB daC /360; HECTOCOULOMB hC /36; KILOCOULOMB kC /3.6
Duration SECOND: MILLISECOND ms *0.001; SECOND s *1; MINUTE m *60; HOUR h *3600; DAY d *86400; WEEK week *604800;
 MONTH month *18748800; YEAR year *31536000
Temperature KELVIN: CELSIUS °C +273.15; FAHRENHEIT °F -32 /1.8 +273.15; KELVIN °K *1; RANKINE °R /1.8; REAUMUR °r
 *1.25 +273.15
Volume CUBIC_METER: CUBIC_MILLIMETER mm³ *0.000000001; CUBIC_CENTIMETER cm³ *0.000001; MILLILITER ml *0.000001;
 CENTILITER cl *0.00001; DECILITER dl *0.0001; CUBIC_DECIMETER dm³ *0.001; LITER l *0.001; CUBIC_METER m³ *1; OUNCE oz
 *0.00454609 /160; PINT pt *0.00454609 /8; BARREL bbl *0.16365924; GALLON gal *0.00454609; CUBIC_FOOT ft³ *6.54119159
 /231; CUBIC_INCH in³ *0.0037854118 /231; CUBIC_YARD yd³ *0.764554861
Weight KILOGRAM: MILLIGRAM mg *0.000001; GRAM g *0.001; KILOGRAM kg *1; TON t *1000; GRAIN gr *0.00006479891; DENIER
 denier *0.001275; ONCE once *0.03059; MARC marc *0.24475; LIVRE livre *0.4895; OUNCE oz *0.45359237 /16; POUND lb
 *0.45359237
Pressure BAR: BAR Bar *1; PASCAL Pa *0.00001; HECTOPASCAL hPa *0.001; MILLIBAR mBar *0.001; ATM atm *0.986923; PSI PSI
 *14.50376985373022; TORR Torr *750.06375541921; MMHG mmHg *750.06375541921
Energy JOULE: JOULE J *1; CALORIE cal *4.184; KILOCALORIE kcal *4184; KILOJOULE kJ *1000
CaseBox PIECE: PIECE Pc *1; DOZEN Dz *12
Brightness LUX: LUX lx *1; NIT nits *0.2918855809
Angle RADIAN: RADIAN rad *1; MILLIRADIAN mrad *0.001; MICRORADIAN µrad *0.000001; DEGREE ° *0.01745329; MINUTE '
 *0.0002908882; SECOND '' *0.000004848137; GON gon *0.01570796; MIL mil *0.0009817477; REVOLUTION rev *6.283185
"""


def standard_families() -> Iterator[Doc]:
    """Items of `measurement-families`: code, labels, standard_unit_code, units by code."""
    for line in _TABLE.replace("\n ", " ").strip().splitlines():
        head, units = line.split(":", 1)
        code, standard = head.split()
        yield {
            "code": code,
            "labels": {"en_US": code},
            "standard_unit_code": standard,
            "units": {unit["code"]: unit for unit in map(_unit, units.split(";"))},
        }


def _unit(text: str) -> Doc:
    code, symbol, *operations = text.split()
    return {
        "code": code,
        "labels": {"en_US": code.replace("_", " ").capitalize()},
        "convert_from_standard": [{"operator": _OPERATORS[o[0]], "value": o[1:]} for o in operations],
        "symbol": symbol.replace("_", " "),
    }
