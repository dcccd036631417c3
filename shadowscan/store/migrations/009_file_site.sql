-- Where the device stands that wrote the file, as the settings of its folder say.
ALTER TABLE files ADD COLUMN site VARCHAR;
